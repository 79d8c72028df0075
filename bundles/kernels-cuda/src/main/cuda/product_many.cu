// y = scale · x Wᵀ of many tokens; W (rows, columns), x (n, columns), y (n, rows).
#include "exact.cuh"
#include "tile.cuh"

extern "C" __global__ void __launch_bounds__(256) product_many_F32(
    const float* weight, int rows, int columns, const float* x, float* y, int n, float scale) {
  multiplyExactly<false>(weight, rows, columns, x, y, n, scale);
}

ROUNDED_TYPES(product_many, false)
