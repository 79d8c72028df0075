package dev.apprentice.llm.internal;

import dev.apprentice.compute.AttentionGradient;
import dev.apprentice.compute.AttentionTape;
import dev.apprentice.compute.Tensor;
import dev.apprentice.model.WeightedSample;
import java.util.ArrayList;
import java.util.List;

/**
 * Samples that go through the network in one pass, one after the other: positions begin anew with each, and attention does not reach
 * from one into another.
 */
record Packing(int[] tokens, List<Span> spans) {

    /** The rows of one sample. */
    record Span(int from, int count, WeightedSample weighted) {
        Tensor of(Tensor tensor) {
            return tensor.rows(from, count);
        }
    }

    static Packing of(List<WeightedSample> samples) {
        int length = samples.stream()
                .mapToInt(weighted -> weighted.sample().tokens().length)
                .sum();
        int[] tokens = new int[length];
        List<Span> spans = new ArrayList<>();
        int from = 0;
        for (WeightedSample weighted : samples) {
            int[] own = weighted.sample().tokens();
            System.arraycopy(own, 0, tokens, from, own.length);
            spans.add(new Span(from, own.length, weighted));
            from += own.length;
        }
        return new Packing(tokens, List.copyOf(spans));
    }

    /** The sequences in one layer. */
    Past past(Transformer transformer, KeyValues keyValues) {
        return new Beginnings(transformer, this, keyValues);
    }

    private record Beginnings(Transformer transformer, Packing packing, KeyValues keyValues) implements Past {
        @Override
        public Tensor keys() {
            return keyValues.keys();
        }

        @Override
        public Tensor values() {
            return keyValues.values();
        }

        @Override
        public void rotate(Tensor x) {
            packing.spans().forEach(span -> transformer.rotate(0, span.of(x)));
        }

        @Override
        public void attend(Tensor query, Tensor out) {
            for (Span span : packing.spans()) {
                transformer
                        .kernels()
                        .attention(
                                transformer.config().attention(),
                                0,
                                span.of(query),
                                span.of(keyValues.keys()),
                                span.of(keyValues.values()),
                                span.of(out));
            }
        }
    }

    /** The gradient of {@link Past#attend} and of the turns before it. */
    void attendBackward(Transformer transformer, AttentionTape forward, Tensor dOut, AttentionGradient gradient) {
        for (Span span : spans) {
            transformer
                    .kernels()
                    .attentionBackward(
                            transformer.config().attention(),
                            new AttentionTape(
                                    span.of(forward.query()), span.of(forward.keys()), span.of(forward.values())),
                            span.of(dOut),
                            new AttentionGradient(
                                    span.of(gradient.query()), span.of(gradient.keys()), span.of(gradient.values())));
            transformer.rotateBackward(0, span.of(gradient.query()));
            transformer.rotateBackward(0, span.of(gradient.keys()));
        }
    }
}
