#!/usr/bin/env bash
# Compiles every .cu here to PTX, which the driver makes into machine code for the card that is there, packs it, and notes of which
# sources it is.
# Run after changing a source, where nvcc is; neither building nor running Apprentice needs it.
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")"
ptx=../resources/ptx
isa=6.5 # of CUDA 10.2: drivers read this and older ones
mkdir -p "$ptx"
rm -f "$ptx"/*
for source in *.cu; do
  target="$ptx/${source%.cu}.ptx"
  nvcc -O3 -std=c++17 -arch=compute_75 -ptx "$source" -o - | sed -e '/^\/\//d' -e '/^$/d' \
    -e "s/^\.version .*/.version $isa/" >"$target"
  ptxas -arch=sm_75 "$target" -o /dev/null # refuses what the ISA above does not have
  gzip -n9 "$target" # tens of thousands of lines that nobody reads
done
{
  sha256sum -- *.cu *.cuh
  (cd "$ptx" && sha256sum -- *.ptx.gz)
} >"$ptx/sha256"
