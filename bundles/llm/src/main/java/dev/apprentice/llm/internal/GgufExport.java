package dev.apprentice.llm.internal;

import dev.apprentice.compute.DataType;
import dev.apprentice.compute.Dequantizer;
import dev.apprentice.compute.Matrix;
import dev.apprentice.compute.Quantizer;
import dev.apprentice.llm.internal.gguf.GgufModelWriter;
import dev.apprentice.model.ModelException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

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
        ObjectNode config = (ObjectNode)
                Json.object(source.config(), what -> ModelBytes.fault(ModelFiles.CONFIG + " " + what + ": mend it"));
        ObjectNode tokenizer = (ObjectNode) Json.object(
                source.tokenizer(), what -> ModelBytes.fault(ModelFiles.TOKENIZER + " " + what + ": mend it"));
        ModelConfig.parse(source.config());
        GgufModelWriter writer = new GgufModelWriter(name, config, tokenizer);
        TensorSource tensors = source.tensors();
        tensors.tensors().forEach((tensor, info) -> {
            DataType held = held(tensor, info, type);
            writer.tensor(tensor, held, info.shape(), () -> converted(tensors, tensor, info, held));
        });
        try {
            writer.write(target);
        } catch (IOException e) {
            throw new ModelException(
                    ModelException.Code.BAD_REQUEST, target + " cannot be written: check the disk and its room", e);
        }
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
