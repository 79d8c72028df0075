package dev.apprentice.llm.internal;

import dev.apprentice.compute.DataType;
import dev.apprentice.compute.Dequantizer;
import dev.apprentice.compute.Matrix;
import dev.apprentice.compute.Quantizer;
import dev.apprentice.model.AdapterSpec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Finds the tensors that a configuration calls for. Matrices stay where they lie unless another type is asked for; norms and biases
 * become float32 vectors of their own.
 */
final class WeightLoader {
    private final ModelConfig config;
    private final TensorSource file;
    private final Optional<DataType> type;
    private final Trust trust;
    private final Arena arena;
    private final Set<String> used = new HashSet<>();
    private final Set<DataType> linearTypes = EnumSet.noneOf(DataType.class);
    private long parameters;

    /** Whether weights that stay where they lie must be looked through for what is no number. */
    enum Trust {
        NEW,
        CHECKED_BEFORE
    }

    /** @param type in which linear weights are held; empty leaves each as it is */
    WeightLoader(ModelConfig config, TensorSource file, Optional<DataType> type, Trust trust, Arena arena) {
        this.config = config;
        this.file = file;
        this.type = type;
        this.trust = trust;
        this.arena = arena;
    }

    /** Loads every tensor that the configuration calls for; any other is a fault. */
    Weights load() {
        Matrix embedding = matrix(
                "model.embed_tokens.weight",
                config.vocabulary(),
                config.width(),
                type.map(WeightLoader::embeddingType));
        List<Weights.Layer> layers = new ArrayList<>();
        for (int layer = 0; layer < config.layers(); layer++) {
            layers.add(layer(layer));
        }
        MemorySegment finalNorm = vector("model.norm.weight", config.width());
        Matrix head = config.tiedHead()
                ? embedding
                : matrix("lm_head.weight", config.vocabulary(), config.width(), type.map(WeightLoader::embeddingType));
        for (String name : file.tensors().keySet()) {
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

    /** The types of the linear weights loaded so far, such as {@code Q4_K+Q6_K}. */
    String linearTypes() {
        return linearTypes.stream().map(DataType::name).collect(Collectors.joining("+"));
    }

    /** Four bits blur the choice between tokens too much, and eight cost little more. */
    static DataType embeddingType(DataType linear) {
        return switch (linear) {
            case Q4_0, Q4_1, Q4_K, Q4_G128 -> DataType.Q8_0;
            case F32, F16, BF16, Q8_0, Q5_K, Q6_K -> linear;
        };
    }

    private Weights.Layer layer(int layer) {
        Map<String, Weights.Linear> linear = new LinkedHashMap<>();
        for (String target : AdapterSpec.LINEAR_LAYERS) {
            int[] shape = config.linearShape(target);
            String module = ModelConfig.moduleName(layer, target);
            Matrix weight = matrix(module + ".weight", shape[0], shape[1], type);
            linearTypes.add(weight.type());
            linear.put(
                    target,
                    new Weights.Linear(
                            weight, config.biased().contains(target) ? vector(module + ".bias", shape[0]) : null));
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
        Matrix stored = stored(name, file.require(name, length), 1, length);
        float[] values = new float[length];
        read(name, stored, 0, values);
        MemorySegment vector = arena.allocate(4L * length, 64);
        MemorySegment.copy(values, 0, vector, ValueLayout.JAVA_FLOAT, 0, length);
        return vector;
    }

    private Matrix matrix(String name, int rows, int columns, Optional<DataType> wanted) {
        Matrix stored = stored(name, file.require(name, rows, columns), rows, columns);
        DataType held = wanted.orElse(stored.type());
        if (held == stored.type()) {
            if (trust == Trust.NEW) {
                requireNumbers(name, stored);
            }
            return stored;
        }
        if (columns % held.blockElements() != 0) {
            throw file.fault("holds " + name + " of " + columns + " columns, which " + held
                    + " cannot hold (multiples of " + held.blockElements() + "; BF16 can)");
        }
        Matrix matrix = new Matrix(held, rows, columns, arena.allocate(rows * held.rowBytes(columns), 64));
        float[] values = new float[columns];
        for (int row = 0; row < rows; row++) {
            read(name, stored, row, values);
            try {
                Quantizer.write(values, held, matrix.row(row));
            } catch (IllegalArgumentException e) {
                throw file.fault(
                        "holds " + name + " that cannot be held as " + held + ": row " + row + ", " + e.getMessage());
            }
        }
        return matrix;
    }

    private Matrix stored(String name, TensorInfo info, int rows, int columns) {
        used.add(name);
        parameters += (long) rows * columns;
        return new Matrix(info.type(), rows, columns, file.data(name));
    }

    private void requireNumbers(String name, Matrix matrix) {
        OptionalLong bad = FiniteCheck.firstBad(matrix.type(), matrix.data());
        if (bad.isPresent()) {
            long element = bad.getAsLong() * matrix.type().blockElements();
            throw file.fault("holds NaN or infinity in " + name + " at row " + element / matrix.columns() + ", column "
                    + element % matrix.columns());
        }
    }

    private void read(String name, Matrix stored, int row, float[] values) {
        Dequantizer.row(stored, row, values);
        for (float value : values) {
            if (!Float.isFinite(value)) {
                throw file.fault("holds " + value + " in " + name);
            }
        }
    }
}
