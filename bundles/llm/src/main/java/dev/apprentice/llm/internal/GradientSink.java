package dev.apprentice.llm.internal;

import dev.apprentice.compute.Kernels;
import dev.apprentice.compute.Tensor;
import dev.apprentice.model.GradientSums;
import dev.apprentice.model.WeightedSample;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.BiConsumer;

/** Where the backward pass leaves the gradients of what is trained: an adapter's tensors or the weights. */
sealed interface GradientSink {
    /** What a sample's loss is multiplied with before the way back. */
    double seed(WeightedSample sample);

    /** Gradient scale · dyᵀx of a matrix; dy (n, out), x (n, in). */
    void matrix(Slice part, Tensor dy, Tensor x, float scale);

    /** Gradient Σ dy ⊙ x over the rows, of a vector; dy, x (n, length). */
    void vector(Slice part, Tensor dy, Tensor x);

    /** Gradient Σ dy over the rows, of a bias; dy (n, out). */
    void bias(Slice slice, Tensor dy);

    /** Gradient of a norm's weight; x, dy (n, length), or (n·heads, headDim). */
    void norm(Slice slice, Tensor x, float epsilon, Tensor dy);

    static GradientSink of(Kernels kernels, Packing packing, GradientSums sums, Scratch scratch, int largestPart) {
        MemorySegment squares = sums.squares();
        return squares == null
                ? new Sum(kernels, sums.gradient())
                : new OfEachSample(
                        kernels,
                        packing,
                        sums.gradient(),
                        squares,
                        scratch.tensor(1, largestPart).data());
    }

    /** Only the sum: all samples in one product, each already multiplied with its weight. */
    record Sum(Kernels kernels, MemorySegment gradient) implements GradientSink {
        @Override
        public double seed(WeightedSample sample) {
            return sample.weight();
        }

        @Override
        public void matrix(Slice part, Tensor dy, Tensor x, float scale) {
            kernels.outerProductAdd(dy, x, scale, part.tensor(gradient));
        }

        @Override
        public void vector(Slice part, Tensor dy, Tensor x) {
            kernels.columnDotsAdd(dy, x, part.in(gradient));
        }

        @Override
        public void bias(Slice slice, Tensor dy) {
            kernels.columnSumsAdd(dy, slice.in(gradient));
        }

        @Override
        public void norm(Slice slice, Tensor x, float epsilon, Tensor dy) {
            kernels.rmsNormWeightBackward(x, epsilon, dy, slice.in(gradient));
        }
    }

    /** Also the squares of each sample's own: a product for each, which costs no second pass. */
    record OfEachSample(
            Kernels kernels, Packing packing, MemorySegment gradient, MemorySegment squares, MemorySegment room)
            implements GradientSink {
        @Override
        public double seed(WeightedSample sample) {
            return 1;
        }

        @Override
        public void matrix(Slice part, Tensor dy, Tensor x, float scale) {
            each(
                    part,
                    (span, own) -> kernels.outerProductAdd(
                            span.of(dy), span.of(x), scale, new Tensor(dy.columns(), x.columns(), own)));
        }

        @Override
        public void vector(Slice part, Tensor dy, Tensor x) {
            each(part, (span, own) -> kernels.columnDotsAdd(span.of(dy), span.of(x), own));
        }

        @Override
        public void bias(Slice slice, Tensor dy) {
            each(slice, (span, own) -> kernels.columnSumsAdd(span.of(dy), own));
        }

        @Override
        public void norm(Slice slice, Tensor x, float epsilon, Tensor dy) {
            int rowsOfToken = x.rows() / packing.tokens().length;
            each(slice, (span, own) -> {
                int from = span.from() * rowsOfToken;
                int count = span.count() * rowsOfToken;
                kernels.rmsNormWeightBackward(x.rows(from, count), epsilon, dy.rows(from, count), own);
            });
        }

        private void each(Slice part, BiConsumer<Packing.Span, MemorySegment> add) {
            int elements = part.elements();
            MemorySegment own = room.asSlice(0, 4L * elements);
            MemorySegment sum = part.in(gradient);
            MemorySegment squareSum = part.in(squares);
            for (Packing.Span span : packing.spans()) {
                own.fill((byte) 0);
                add.accept(span, own);
                float weight = (float) span.weighted().weight();
                float squareWeight = (float) span.weighted().squareWeight();
                for (int i = 0; i < elements; i++) {
                    float value = own.getAtIndex(ValueLayout.JAVA_FLOAT, i);
                    increase(sum, i, weight * value);
                    increase(squareSum, i, squareWeight * value * value);
                }
            }
        }

        private static void increase(MemorySegment vector, int index, float by) {
            vector.setAtIndex(ValueLayout.JAVA_FLOAT, index, vector.getAtIndex(ValueLayout.JAVA_FLOAT, index) + by);
        }
    }
}
