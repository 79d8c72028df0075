package dev.apprentice.llm.internal;

import dev.apprentice.compute.DataType;
import dev.apprentice.compute.Matrix;
import dev.apprentice.model.AdapterSpec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Copies the tensors of a model file into memory of their own, in the type asked for; the file may be forgotten afterwards. */
final class WeightLoader {
    private final ModelConfig config;
    private final SafeTensors file;
    private final DataType type;
    private final Arena arena;
    private final Set<String> used = new HashSet<>();
    private long parameters;

    WeightLoader(ModelConfig config, SafeTensors file, DataType type, Arena arena) {
        this.config = config;
        this.file = file;
        this.type = type;
        this.arena = arena;
    }

    /** Loads every tensor that the configuration calls for; any other is a fault. */
    Weights load() {
        Matrix embedding = matrix("model.embed_tokens.weight", config.vocabulary(), config.width(), embeddingType());
        List<Weights.Layer> layers = new ArrayList<>();
        for (int layer = 0; layer < config.layers(); layer++) {
            layers.add(layer(layer));
        }
        MemorySegment finalNorm = vector("model.norm.weight", config.width());
        Matrix head = config.tiedHead()
                ? embedding
                : matrix("lm_head.weight", config.vocabulary(), config.width(), embeddingType());
        for (String name : file.entries().keySet()) {
            if (!used.contains(name)) {
                throw file.fault("holds the tensor " + name + ", which " + ModelFiles.CONFIG + " does not call for");
            }
        }
        return new Weights(embedding, List.copyOf(layers), finalNorm, head);
    }

    /** Number of weights loaded so far. */
    long parameters() {
        return parameters;
    }

    /** Four bits blur the choice between tokens too much, and eight cost little more. */
    private DataType embeddingType() {
        return type == DataType.Q4_0 ? DataType.Q8_0 : type;
    }

    private Weights.Layer layer(int layer) {
        Map<String, Weights.Linear> linear = new LinkedHashMap<>();
        for (String target : AdapterSpec.LINEAR_LAYERS) {
            int[] shape = config.linearShape(target);
            String module = ModelConfig.moduleName(layer, target);
            linear.put(
                    target,
                    new Weights.Linear(
                            matrix(module + ".weight", shape[0], shape[1], type),
                            config.biased().contains(target) ? vector(module + ".bias", shape[0]) : null));
        }
        String prefix = "model.layers." + layer;
        return new Weights.Layer(
                vector(prefix + ".input_layernorm.weight", config.width()),
                vector(prefix + ".post_attention_layernorm.weight", config.width()),
                headNorms(prefix),
                linear);
    }

    private Weights.@Nullable HeadNorms headNorms(String prefix) {
        int headDim = config.attention().headDim();
        return switch (config.architecture().headNorm()) {
            case NONE -> null;
            case RMS ->
                new Weights.HeadNorms(
                        vector(prefix + ".self_attn.q_norm.weight", headDim),
                        vector(prefix + ".self_attn.k_norm.weight", headDim));
        };
    }

    private MemorySegment vector(String name, int length) {
        float[] values = new float[length];
        read(name, file.require(name, length), 0, values);
        used.add(name);
        parameters += length;
        MemorySegment vector = arena.allocate(4L * length, 64);
        MemorySegment.copy(values, 0, vector, ValueLayout.JAVA_FLOAT, 0, length);
        return vector;
    }

    private Matrix matrix(String name, int rows, int columns, DataType held) {
        SafeTensors.Entry entry = file.require(name, rows, columns);
        if (columns % held.blockElements() != 0) {
            throw file.fault("holds " + name + " of " + columns + " columns, which " + held
                    + " cannot hold (multiples of " + held.blockElements() + "; BF16 can)");
        }
        Matrix matrix = new Matrix(held, rows, columns, arena.allocate(rows * held.rowBytes(columns), 64));
        float[] values = new float[columns];
        for (int row = 0; row < rows; row++) {
            read(name, entry, (long) row * columns, values);
            Elements.encode(values, held, matrix.row(row));
        }
        used.add(name);
        parameters += (long) rows * columns;
        return matrix;
    }

    private void read(String name, SafeTensors.Entry entry, long from, float[] values) {
        Elements.read(entry, from, values);
        for (float value : values) {
            if (!Float.isFinite(value)) {
                throw file.fault("holds " + value + " in " + name);
            }
        }
    }
}
