package dev.apprentice.llm.internal;

import dev.apprentice.compute.Dequantizer;
import dev.apprentice.compute.Matrix;
import dev.apprentice.compute.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A copy of a block in float32, whose weights can be scaled against each other without changing what it computes. One thread at a time. */
final class ScaledBlock {
    static final String ATTENTION_NORM = "input_layernorm";
    static final String FEED_FORWARD_NORM = "post_attention_layernorm";

    private final Weights.@Nullable HeadNorms headNorms;
    private final Map<String, Tensor> weights; // (outputs, inputs) each
    private final Map<String, float[]> vectors; // norms by their names, biases by those of their layers
    private final Map<String, float[]> inputScales = new HashMap<>();

    private ScaledBlock(
            Weights.@Nullable HeadNorms headNorms, Map<String, Tensor> weights, Map<String, float[]> vectors) {
        this.headNorms = headNorms;
        this.weights = weights;
        this.vectors = vectors;
    }

    /** @param arena holds the copy */
    static ScaledBlock of(Weights.Layer block, Arena arena) {
        Map<String, Tensor> weights = new LinkedHashMap<>();
        Map<String, float[]> vectors = new HashMap<>();
        vectors.put(ATTENTION_NORM, block.attentionNorm().toArray(ValueLayout.JAVA_FLOAT));
        vectors.put(FEED_FORWARD_NORM, block.feedForwardNorm().toArray(ValueLayout.JAVA_FLOAT));
        block.linear().forEach((target, linear) -> {
            weights.put(target, Dequantizer.toTensor(arena, linear.weight()));
            if (linear.bias() != null) {
                vectors.put(target, linear.bias().toArray(ValueLayout.JAVA_FLOAT));
            }
        });
        return new ScaledBlock(block.headNorms(), weights, vectors);
    }

    /** The weights of linear layers as they are now. */
    List<Tensor> weights(List<String> targets) {
        return targets.stream().map(this::weight).toList();
    }

    /** Multiplies the weights of a site's inputs by the scales of their channels, and divides the channels by them. */
    void scale(AwqBlocks.Site site, float[] scales) {
        float[] ofInputs = AwqSearch.spread(scales, site.channels());
        for (String target : site.targets()) {
            Tensor weight = weight(target);
            rows(weight).forEach(row -> {
                for (int i = 0; i < weight.columns(); i++) {
                    weight.set(row, i, weight.get(row, i) * ofInputs[i]);
                }
            });
            inputScales.put(target, ofInputs);
        }
        float[] vector = vectors.get(site.maker());
        if (vector != null) { // a norm, or the bias of a linear layer
            for (int i = 0; i < vector.length; i++) {
                vector[i] /= scales[i];
            }
        }
        Tensor maker = weights.get(site.maker());
        if (maker != null) {
            rows(maker).forEach(row -> {
                for (int i = 0; i < maker.columns(); i++) {
                    maker.set(row, i, maker.get(row, i) / scales[row]);
                }
            });
        }
    }

    /** How a weight is held in the end. */
    interface Rounding {
        /** @param inputScales by which the inputs of this linear layer have become smaller */
        Matrix round(String target, Tensor weight, float[] inputScales);
    }

    /** The block as it is now; the arena holds its vectors. */
    Weights.Layer rounded(Rounding rounding, Arena arena) {
        Map<String, Weights.Linear> linear = new LinkedHashMap<>();
        weights.forEach((target, weight) -> {
            float[] scales = Objects.requireNonNull(inputScales.get(target), target);
            linear.put(
                    target,
                    new Weights.Linear(rounding.round(target, weight, scales), vector(vectors.get(target), arena)));
        });
        return new Weights.Layer(
                Objects.requireNonNull(vector(vectors.get(ATTENTION_NORM), arena)),
                Objects.requireNonNull(vector(vectors.get(FEED_FORWARD_NORM), arena)),
                headNorms,
                linear);
    }

    private Tensor weight(String target) {
        return Objects.requireNonNull(weights.get(target), target);
    }

    private static IntStream rows(Tensor weight) {
        return IntStream.range(0, weight.rows()).parallel();
    }

    private static @Nullable MemorySegment vector(float @Nullable [] values, Arena arena) {
        if (values == null) {
            return null;
        }
        MemorySegment vector = arena.allocate(4L * values.length, 64);
        MemorySegment.copy(values, 0, vector, ValueLayout.JAVA_FLOAT, 0, values.length);
        return vector;
    }
}
