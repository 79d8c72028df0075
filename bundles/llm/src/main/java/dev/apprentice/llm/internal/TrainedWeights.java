package dev.apprentice.llm.internal;

import dev.apprentice.compute.DataType;
import dev.apprentice.compute.Dequantizer;
import dev.apprentice.compute.Kernels;
import dev.apprentice.compute.Matrix;
import dev.apprentice.model.AdapterSpec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The weights of a model that is trained as a whole: the float32 values that optimisers change, and what passes multiply with. Matrices are
 * copies rounded to BF16 (arXiv 1710.03740), or in F32 the values themselves; norms and biases always are.
 *
 * @param values flat, in the order of the layout
 * @param weights views of the values, and of the copies
 */
record TrainedWeights(ParameterLayout layout, MemorySegment values, Weights weights) {

    /** Zeros. */
    static TrainedWeights allocate(ModelConfig config, DataType type, Arena arena) {
        ParameterLayout layout = new ParameterLayout(config);
        MemorySegment values = arena.allocate(layout.bytes(), 64);
        return new TrainedWeights(layout, values, new Views(layout, values, type, arena).weights(config));
    }

    /** Takes over the weights of a model of the same shape, and rounds them. */
    void copyFrom(Weights others, Kernels kernels) {
        copy(others.embedding(), layout.embedding());
        if (!layout.head().equals(layout.embedding())) {
            copy(others.head(), layout.head());
        }
        copy(others.finalNorm(), layout.finalNorm());
        for (int layer = 0; layer < others.layers().size(); layer++) {
            copy(layer, others.layers().get(layer));
        }
        round(kernels);
    }

    private void copy(int layer, Weights.Layer block) {
        String name = "model.layers." + layer;
        copy(block.attentionNorm(), layout.weight(name + ".input_layernorm"));
        copy(block.feedForwardNorm(), layout.weight(name + ".post_attention_layernorm"));
        if (block.headNorms() != null) {
            copy(block.headNorms().query(), layout.weight(name + ".self_attn.q_norm"));
            copy(block.headNorms().key(), layout.weight(name + ".self_attn.k_norm"));
        }
        block.linear().forEach((target, linear) -> {
            String module = ModelConfig.moduleName(layer, target);
            copy(linear.weight(), layout.weight(module));
            Slice bias = layout.bias(module);
            if (bias != null && linear.bias() != null) {
                copy(linear.bias(), bias);
            }
        });
    }

    private void copy(MemorySegment vector, Slice slice) {
        slice.in(values).copyFrom(vector);
    }

    private void copy(Matrix matrix, Slice slice) {
        float[] row = new float[matrix.columns()];
        MemorySegment target = slice.in(values);
        for (int i = 0; i < matrix.rows(); i++) {
            Dequantizer.row(matrix, i, row);
            MemorySegment.copy(row, 0, target, ValueLayout.JAVA_FLOAT, 4L * i * row.length, row.length);
        }
    }

    /** Makes the matrices anew from values that have changed. */
    void round(Kernels kernels) {
        matrices().forEach((slice, matrix) -> {
            if (matrix.type() != DataType.F32) {
                kernels.round(slice.tensor(values), matrix);
            }
        });
    }

    /** Every matrix once, with where its values lie. */
    Map<Slice, Matrix> matrices() {
        Map<Slice, Matrix> matrices = new LinkedHashMap<>();
        for (int layer = 0; layer < weights.layers().size(); layer++) {
            int of = layer;
            weights.layers()
                    .get(layer)
                    .linear()
                    .forEach((target, linear) ->
                            matrices.put(layout.weight(ModelConfig.moduleName(of, target)), linear.weight()));
        }
        matrices.put(layout.embedding(), weights.embedding());
        matrices.put(layout.head(), weights.head());
        return matrices;
    }

    /** Builds the views. */
    private record Views(ParameterLayout layout, MemorySegment values, DataType type, Arena arena) {
        Weights weights(ModelConfig config) {
            Matrix embedding = matrix(layout.embedding());
            List<Weights.Layer> layers = new ArrayList<>();
            for (int layer = 0; layer < config.layers(); layer++) {
                layers.add(layer(config, layer));
            }
            Matrix head = config.tiedHead() ? embedding : matrix(layout.head());
            return new Weights(
                    embedding, List.copyOf(layers), layout.finalNorm().in(values), head);
        }

        private Weights.Layer layer(ModelConfig config, int layer) {
            String name = "model.layers." + layer;
            Map<String, Weights.Linear> linear = new LinkedHashMap<>();
            for (String target : AdapterSpec.LINEAR_LAYERS) {
                String module = ModelConfig.moduleName(layer, target);
                Slice bias = layout.bias(module);
                linear.put(
                        target,
                        new Weights.Linear(matrix(layout.weight(module)), bias == null ? null : bias.in(values)));
            }
            return new Weights.Layer(
                    vector(name + ".input_layernorm"),
                    vector(name + ".post_attention_layernorm"),
                    switch (config.architecture().headNorm()) {
                        case NONE -> null;
                        case RMS ->
                            new Weights.HeadNorms(
                                    vector(name + ".self_attn.q_norm"), vector(name + ".self_attn.k_norm"));
                    },
                    linear);
        }

        private MemorySegment vector(String module) {
            return layout.weight(module).in(values);
        }

        private Matrix matrix(Slice slice) {
            int rows = slice.shape().getFirst();
            int columns = slice.shape().getLast();
            return type == DataType.F32
                    ? slice.tensor(values).asMatrix()
                    : new Matrix(type, rows, columns, arena.allocate(rows * type.rowBytes(columns), 64));
        }
    }
}
