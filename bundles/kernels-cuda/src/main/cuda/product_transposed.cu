// dx = scale · dy W; W (rows, columns), dy (n, rows), dx (n, columns).
#include "exact.cuh"
#include "tile.cuh"

extern "C" __global__ void __launch_bounds__(256) product_transposed_F32(
    const float* weight, int rows, int columns, const float* dy, float* dx, int n, float scale) {
  multiplyExactly<true>(weight, rows, columns, dy, dx, n, scale);
}

ROUNDED_TYPES(product_transposed, true)
