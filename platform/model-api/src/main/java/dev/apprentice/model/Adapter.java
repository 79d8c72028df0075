package dev.apprentice.model;

import java.lang.foreign.MemorySegment;

/**
 * An immutable adapter over one base model.
 *
 * @param baseDigest the base it was made for
 * @param digest {@code sha256:} over base digest, spec and values: equal digests answer equally
 * @param values float32, all tensors one after the other: by layer, by target in the order of {@link AdapterSpec#LINEAR_LAYERS};
 *     of a LoRA layer A (rank, in), then B (out, rank), of DoRA also the magnitudes (out), of IA3 the factors; read-only native
 *     memory
 */
public record Adapter(AdapterSpec spec, String baseDigest, String digest, MemorySegment values) {
    public Adapter {
        values = values.asReadOnly();
    }

    /** Number of trained values. */
    public long size() {
        return values.byteSize() / Float.BYTES;
    }
}
