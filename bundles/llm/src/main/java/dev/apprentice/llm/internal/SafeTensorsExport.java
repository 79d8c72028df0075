package dev.apprentice.llm.internal;

import dev.apprentice.compute.DataType;
import dev.apprentice.compute.Dequantizer;
import dev.apprentice.compute.Matrix;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** Writes a base model as a folder in Hugging Face layout, one tensor at a time. */
final class SafeTensorsExport {
    private static final String CHAT_TEMPLATE = "chat_template.jinja";

    /** All that it may write. */
    static final List<String> FILES =
            List.of(ModelFiles.CONFIG, ModelFiles.TOKENIZER, ModelFiles.WEIGHTS, CHAT_TEMPLATE);

    private static final int ALIGNMENT = 8;
    private static final int MOST_AT_ONCE = 8 << 20;

    private SafeTensorsExport() {}

    /** @param folder there and empty */
    static void write(ModelSource source, Path folder) throws IOException {
        ObjectNode config = Json.object(source.config(), ModelBytes::fault).asObject();
        config.remove("quantization_config"); // weights are written unpacked
        Files.write(
                folder.resolve(ModelFiles.CONFIG),
                Json.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsBytes(config));
        Files.write(folder.resolve(ModelFiles.TOKENIZER), source.tokenizer());
        Optional<ChatTemplate> chat = source.chat();
        if (chat.isPresent()) {
            Files.writeString(folder.resolve(CHAT_TEMPLATE), chat.get().text());
        }
        try (OutputStream out = new BufferedOutputStream(
                Files.newOutputStream(folder.resolve(ModelFiles.WEIGHTS), StandardOpenOption.CREATE_NEW))) {
            out.write(header(source.tensors()));
            for (Map.Entry<String, TensorInfo> tensor :
                    source.tensors().tensors().entrySet()) {
                write(source.tensors().data(tensor.getKey()), tensor.getValue(), out);
            }
        }
    }

    private static byte[] header(TensorSource tensors) {
        ObjectNode header = Json.MAPPER.createObjectNode();
        header.putObject("__metadata__").put("format", "pt");
        long end = 0;
        for (Map.Entry<String, TensorInfo> tensor : tensors.tensors().entrySet()) {
            TensorInfo info = tensor.getValue();
            DataType held = held(info.type());
            ObjectNode entry = header.putObject(tensor.getKey());
            entry.put("dtype", held.name());
            entry.set("shape", Json.MAPPER.valueToTree(info.shape()));
            entry.putArray("data_offsets").add(end).add(end + info.bytes(held));
            end += info.bytes(held);
        }
        String text = Json.MAPPER.writeValueAsString(header);
        int over = text.getBytes(StandardCharsets.UTF_8).length % ALIGNMENT;
        byte[] json = (text + " ".repeat((ALIGNMENT - over) % ALIGNMENT)).getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + json.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(json.length)
                .put(json)
                .array();
    }

    /** What safetensors hold it as. */
    private static DataType held(DataType type) {
        return switch (type) {
            case F32, F16, BF16 -> type;
            case Q8_0, Q4_0, Q4_1, Q4_K, Q5_K, Q6_K, Q4_G128 -> DataType.F32;
        };
    }

    private static void write(MemorySegment data, TensorInfo info, OutputStream out) throws IOException {
        if (held(info.type()) == info.type()) {
            WritableByteChannel channel = Channels.newChannel(out);
            for (long at = 0; at < data.byteSize(); at += MOST_AT_ONCE) {
                ByteBuffer piece = data.asSlice(at, Math.min(MOST_AT_ONCE, data.byteSize() - at))
                        .asByteBuffer();
                while (piece.hasRemaining()) {
                    channel.write(piece);
                }
            }
            return;
        }
        int columns = Math.toIntExact(info.shape().getLast());
        Matrix matrix = new Matrix(info.type(), Math.toIntExact(info.elements() / columns), columns, data);
        float[] row = new float[columns];
        ByteBuffer bytes = ByteBuffer.allocate(4 * columns).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < matrix.rows(); i++) {
            Dequantizer.row(matrix, i, row);
            bytes.clear().asFloatBuffer().put(row);
            out.write(bytes.array());
        }
    }
}
