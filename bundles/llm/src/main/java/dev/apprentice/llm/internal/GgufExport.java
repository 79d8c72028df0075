package dev.apprentice.llm.internal;

import dev.apprentice.compute.DataType;
import dev.apprentice.compute.Dequantizer;
import dev.apprentice.compute.Matrix;
import dev.apprentice.compute.Quantizer;
import dev.apprentice.llm.internal.gguf.GgufNames;
import dev.apprentice.llm.internal.gguf.GgufWriter;
import dev.apprentice.llm.internal.gguf.RotaryPermutation;
import dev.apprentice.llm.internal.gguf.TokenizerExport;
import dev.apprentice.model.ModelException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Optional;

/** Writes a base model as a GGUF file, one tensor at a time. */
public final class GgufExport {
    private GgufExport() {}

    /**
     * Writes it.
     *
     * @param type of the linear weights; empty leaves each as it is. Norms and biases become float32, as other programs expect.
     * @throws ModelException if the model has something that such files cannot hold
     */
    public static void write(String name, ModelSource source, Optional<DataType> type, Path target) {
        write(name, source, source.tensors(), type, target);
    }

    /** Writes it with tensors that stand for its own. */
    static void write(String name, ModelSource source, TensorSource tensors, Optional<DataType> type, Path target) {
        ModelConfig config = ModelConfig.parse(source.config());
        GgufWriter writer = new GgufWriter();
        GgufMetadata.write(name, config, writer);
        new TokenizerExport(source.tokenizer(), config.vocabulary()).writeTo(writer);
        source.chat().ifPresent(chat -> writer.put("tokenizer.chat_template", chat.text()));
        tensors.tensors().forEach((tensor, info) -> {
            DataType held = held(tensor, info, type);
            writer.tensor(
                    GgufNames.fromHuggingFace(tensor),
                    held,
                    info.shape(),
                    () -> inOrder(config, tensor, converted(tensors, tensor, info, held)));
        });
        try {
            writer.write(target);
        } catch (IOException e) {
            throw new ModelException(
                    ModelException.Code.BAD_REQUEST, target + " cannot be written: check the disk and its room", e);
        }
    }

    /** The rows of queries and keys in the order that files of the architecture llama have. */
    private static MemorySegment inOrder(ModelConfig config, String tensor, MemorySegment data) {
        boolean query = tensor.contains(".self_attn.q_proj.");
        boolean key = tensor.contains(".self_attn.k_proj.");
        return switch (config.architecture()) {
            case QWEN2, QWEN3 -> data;
            case LLAMA, MISTRAL -> {
                if (!query && !key) {
                    yield data;
                }
                MemorySegment copy = Arena.ofAuto().allocate(data.byteSize(), 64);
                int heads =
                        query ? config.attention().heads() : config.attention().keyValueHeads();
                RotaryPermutation.apply(data, copy, heads, config.attention().headDim());
                yield copy;
            }
        };
    }

    private static DataType held(String tensor, TensorInfo info, Optional<DataType> wanted) {
        if (info.shape().size() == 1) {
            return DataType.F32;
        }
        boolean linear = tensor.contains("_proj.");
        return wanted.map(type -> linear ? type : WeightLoader.embeddingType(type))
                .orElse(info.type());
    }

    private static MemorySegment converted(TensorSource source, String name, TensorInfo info, DataType held) {
        MemorySegment data = source.data(name);
        if (held == info.type()) {
            return data;
        }
        int columns = Math.toIntExact(info.shape().getLast());
        int rows = Math.toIntExact(info.elements() / columns);
        if (columns % held.blockElements() != 0) {
            throw source.fault("holds " + name + " of " + columns + " columns, which " + held
                    + " cannot hold (multiples of " + held.blockElements() + "; BF16 can)");
        }
        Matrix stored = new Matrix(info.type(), rows, columns, data);
        Matrix result = new Matrix(held, rows, columns, Arena.ofAuto().allocate(rows * held.rowBytes(columns), 64));
        float[] values = new float[columns];
        for (int row = 0; row < rows; row++) {
            Dequantizer.row(stored, row, values);
            Quantizer.write(values, held, result.row(row));
        }
        return result.data();
    }
}
