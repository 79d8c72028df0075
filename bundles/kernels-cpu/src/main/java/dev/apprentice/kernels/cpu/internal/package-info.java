/** One operation per file, with the Vector API. */
@NullMarked
package dev.apprentice.kernels.cpu.internal;

import org.jspecify.annotations.NullMarked;
