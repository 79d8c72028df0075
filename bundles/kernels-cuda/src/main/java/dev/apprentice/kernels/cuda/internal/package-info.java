/** Products with frozen weights on an NVIDIA GPU, by way of its driver. */
@NullMarked
package dev.apprentice.kernels.cuda.internal;

import org.jspecify.annotations.NullMarked;
