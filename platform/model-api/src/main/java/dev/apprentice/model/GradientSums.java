package dev.apprentice.model;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Where the gradients of samples are added up, flat float32 as {@link Trainer#parameters()}.
 *
 * @param gradient += Σ weight · ∂loss/∂parameters
 * @param squares += Σ squareWeight · (∂loss/∂parameters)², each sample's own: the diagonal of the Fisher information; null where it is
 *     not wanted
 */
public record GradientSums(MemorySegment gradient, @Nullable MemorySegment squares) {}
