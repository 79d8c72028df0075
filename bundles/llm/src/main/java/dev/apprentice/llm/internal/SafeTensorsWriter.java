package dev.apprentice.llm.internal;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** Writes a file in the safetensors format: first say all that goes into it, then {@link #write}. */
final class SafeTensorsWriter {
    /** Values are aligned in the file, so that they can be used where they are mapped. */
    private static final int ALIGNMENT = 64;

    private static final long PIECE = 64L << 20;

    private final ObjectNode header = Json.MAPPER.createObjectNode();
    private final List<MemorySegment> tensors = new ArrayList<>();
    private long length;

    SafeTensorsWriter() {
        header.putObject("__metadata__").put("format", "pt");
    }

    /** @param data exactly the bytes that type and shape call for, read when the file is written */
    SafeTensorsWriter add(String name, SafeTensors.ElementType type, List<? extends Number> shape, MemorySegment data) {
        ObjectNode entry = header.putObject(name);
        entry.put("dtype", type.name());
        entry.set("shape", Json.MAPPER.valueToTree(shape));
        entry.set("data_offsets", Json.MAPPER.valueToTree(List.of(length, length + data.byteSize())));
        tensors.add(data);
        length += data.byteSize();
        return this;
    }

    /** Writes the file as a whole or not at all. */
    void write(Path file) throws IOException {
        Path part = file.resolveSibling(file.getFileName() + ".part");
        try (FileChannel channel = FileChannel.open(
                part, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            writeFully(channel, header());
            for (MemorySegment tensor : tensors) {
                for (long at = 0; at < tensor.byteSize(); at += PIECE) {
                    writeFully(
                            channel,
                            tensor.asSlice(at, Math.min(PIECE, tensor.byteSize() - at))
                                    .asByteBuffer());
                }
            }
            channel.force(true);
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(part);
            throw e;
        }
        Files.move(part, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    private ByteBuffer header() {
        byte[] json = header.toString().getBytes(StandardCharsets.UTF_8);
        int padded = Math.ceilDiv(Long.BYTES + json.length, ALIGNMENT) * ALIGNMENT;
        ByteBuffer bytes = ByteBuffer.allocate(padded).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(padded - Long.BYTES).put(json);
        while (bytes.hasRemaining()) {
            bytes.put((byte) ' ');
        }
        return bytes.flip();
    }

    private static void writeFully(FileChannel channel, ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }
}
