package dev.apprentice.llm.internal.gguf;

import dev.apprentice.compute.DataType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Writes a file in the GGUF format, version 3: first say all that goes into it, then {@link #write}. */
public final class GgufWriter {
    private static final int ALIGNMENT = 32;
    private static final long PIECE = 64L << 20;

    private final Map<String, GgufValue> metadata = new LinkedHashMap<>();
    private final Map<String, Planned> tensors = new LinkedHashMap<>();

    private record Planned(DataType type, List<Long> shape, long length, Supplier<MemorySegment> data) {}

    /** Adds or replaces a value. */
    public GgufWriter put(String key, GgufValue value) {
        metadata.put(key, value);
        return this;
    }

    public GgufWriter put(String key, String text) {
        return put(key, new GgufValue.Text(text));
    }

    /** Adds a whole number from 0 to 2³²−1. */
    public GgufWriter put(String key, long number) {
        if (number < 0 || number > 0xFFFF_FFFFL) {
            throw new IllegalArgumentException(key + " = " + number + " is no unsigned 32-bit number");
        }
        return put(key, new GgufValue.Whole(GgufType.U32, number));
    }

    public GgufWriter put(String key, float number) {
        return put(key, new GgufValue.Real(GgufType.F32, number));
    }

    public GgufWriter putTexts(String key, List<String> texts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        texts.forEach(text -> text(out, text));
        return put(key, many(GgufType.TEXT, texts.size(), out.toByteArray()));
    }

    public GgufWriter putIntegers(String key, int[] values) {
        ByteBuffer buffer = little(4 * values.length);
        buffer.asIntBuffer().put(values);
        return put(key, many(GgufType.I32, values.length, buffer.array()));
    }

    public GgufWriter putFloats(String key, float[] values) {
        ByteBuffer buffer = little(4 * values.length);
        buffer.asFloatBuffer().put(values);
        return put(key, many(GgufType.F32, values.length, buffer.array()));
    }

    /**
     * Adds a tensor.
     *
     * @param shape slowest dimension first
     * @param data asked for when it is written, so that it may be made then and forgotten
     */
    public GgufWriter tensor(String name, DataType type, List<Long> shape, Supplier<MemorySegment> data) {
        long elements = shape.stream().reduce(1L, Math::multiplyExact);
        tensors.put(name, new Planned(type, shape, elements / type.blockElements() * type.blockBytes(), data));
        return this;
    }

    /** Writes the file as a whole or not at all. */
    public void write(Path file) throws IOException {
        Path part = file.resolveSibling(file.getFileName() + ".part");
        try (FileChannel channel = FileChannel.open(
                part, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            writeFully(channel, ByteBuffer.wrap(padded(header())));
            for (Map.Entry<String, Planned> entry : tensors.entrySet()) {
                MemorySegment data = entry.getValue().data().get();
                if (data.byteSize() != entry.getValue().length()) {
                    throw new IllegalArgumentException(entry.getKey() + " needs "
                            + entry.getValue().length() + " bytes, but has " + data.byteSize());
                }
                for (long at = 0; at < data.byteSize(); at += PIECE) {
                    writeFully(
                            channel,
                            data.asSlice(at, Math.min(PIECE, data.byteSize() - at))
                                    .asByteBuffer());
                }
                writeFully(channel, ByteBuffer.allocate((int) (aligned(data.byteSize()) - data.byteSize())));
            }
            channel.force(true);
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(part);
            throw e;
        }
        Files.move(part, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    private byte[] header() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        u32(out, GgufFile.MAGIC);
        u32(out, 3);
        u64(out, tensors.size());
        u64(out, metadata.size());
        metadata.forEach((key, value) -> {
            text(out, key);
            value(out, value);
        });
        long offset = 0;
        for (Map.Entry<String, Planned> entry : tensors.entrySet()) {
            Planned tensor = entry.getValue();
            text(out, entry.getKey());
            u32(out, tensor.shape().size());
            new ArrayList<>(tensor.shape()).reversed().forEach(size -> u64(out, size));
            u32(out, GgufTypes.id(tensor.type()));
            u64(out, offset);
            offset += aligned(tensor.length());
        }
        return out.toByteArray();
    }

    private static void value(ByteArrayOutputStream out, GgufValue value) {
        switch (value) {
            case GgufValue.Whole whole -> {
                u32(out, whole.type().id());
                byte[] bytes = little(8).putLong(whole.value()).array();
                out.write(bytes, 0, whole.type().leastBytes());
            }
            case GgufValue.Real real -> {
                u32(out, real.type().id());
                if (real.type() == GgufType.F32) {
                    u32(out, Float.floatToRawIntBits((float) real.value()));
                } else {
                    u64(out, Double.doubleToRawLongBits(real.value()));
                }
            }
            case GgufValue.Flag flag -> {
                u32(out, GgufType.BOOL.id());
                out.write(flag.value() ? 1 : 0);
            }
            case GgufValue.Text text -> {
                u32(out, GgufType.TEXT.id());
                text(out, text.value());
            }
            case GgufValue.Many many -> {
                u32(out, GgufType.ARRAY.id());
                u32(out, many.element().id());
                u64(out, many.count());
                out.writeBytes(many.bytes().toArray(ValueLayout.JAVA_BYTE));
            }
        }
    }

    private static GgufValue.Many many(GgufType element, long count, byte[] bytes) {
        return new GgufValue.Many(element, count, MemorySegment.ofArray(bytes));
    }

    private static void text(ByteArrayOutputStream out, String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        u64(out, utf8.length);
        out.writeBytes(utf8);
    }

    private static void u32(ByteArrayOutputStream out, int value) {
        out.writeBytes(little(4).putInt(value).array());
    }

    private static void u64(ByteArrayOutputStream out, long value) {
        out.writeBytes(little(8).putLong(value).array());
    }

    private static ByteBuffer little(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static byte[] padded(byte[] bytes) {
        return Arrays.copyOf(bytes, (int) aligned(bytes.length));
    }

    private static long aligned(long length) {
        return Math.ceilDiv(length, ALIGNMENT) * ALIGNMENT;
    }

    private static void writeFully(FileChannel channel, ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }
}
