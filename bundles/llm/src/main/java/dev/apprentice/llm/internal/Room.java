package dev.apprentice.llm.internal;

import dev.apprentice.compute.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Where an adapted linear layer puts what it computes beside its output. */
sealed interface Room {
    /** A·x (n, rank). */
    Tensor lowRank(int n, int rank);

    /** For what becomes y when it is scaled; as large as y, perhaps y itself. */
    Tensor unscaled(Tensor y);

    /** For the scaled x; as large as x. */
    Tensor scaledInput(Tensor x);

    /** For inference: every layer overwrites what the one before left. */
    record Shared(MemorySegment memory) implements Room {
        static Shared of(Scratch scratch, int n, Network network) {
            return new Shared(
                    scratch.tensor(n, Math.max(1, network.widestBeside())).data());
        }

        @Override
        public Tensor lowRank(int n, int rank) {
            return new Tensor(n, rank, memory.asSlice(0, 4L * n * rank));
        }

        @Override
        public Tensor unscaled(Tensor y) {
            return y;
        }

        @Override
        public Tensor scaledInput(Tensor x) {
            return lowRank(x.rows(), x.columns());
        }
    }

    /** For training: kept for the backward pass. */
    record Kept(
            @Nullable Tensor lowRank,
            @Nullable Tensor unscaled,
            @Nullable Tensor scaledInput) implements Room {
        static Kept of(Scratch scratch, int n, Projection projection) {
            int outputs = projection.base().weight().rows();
            int inputs = projection.base().weight().columns();
            return switch (projection) {
                case Projection.Plain _, Projection.Trained _, Projection.Served _, Projection.Mixed _ ->
                    new Kept(null, null, null);
                case Projection.LowRank lowRank ->
                    new Kept(scratch.tensor(n, lowRank.adapter().rank()), null, null);
                case Projection.Decomposed decomposed ->
                    new Kept(scratch.tensor(n, decomposed.adapter().rank()), scratch.tensor(n, outputs), null);
                case Projection.ScaledOutput _ -> new Kept(null, scratch.tensor(n, outputs), null);
                case Projection.ScaledInput _ -> new Kept(null, null, scratch.tensor(n, inputs));
            };
        }

        @Override
        public Tensor lowRank(int n, int rank) {
            return Objects.requireNonNull(lowRank);
        }

        @Override
        public Tensor unscaled(Tensor y) {
            return Objects.requireNonNull(unscaled);
        }

        @Override
        public Tensor scaledInput(Tensor x) {
            return Objects.requireNonNull(scaledInput);
        }
    }
}
