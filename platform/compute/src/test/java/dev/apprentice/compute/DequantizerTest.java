package dev.apprentice.compute;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class DequantizerTest {
    private static final HexFormat HEX = HexFormat.of();

    /** Lines of type, stored bytes and float32 values, by the gguf 0.19 package of ggml for Python from random blocks. */
    static Stream<String> blocksOfGgml() throws IOException {
        try (InputStream in = Objects.requireNonNull(
                DequantizerTest.class.getResourceAsStream("/dequantised.txt"), "test resource")) {
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII).lines();
        }
    }

    @ParameterizedTest
    @MethodSource("blocksOfGgml")
    void valuesAreThoseOfGgml(String line) {
        String[] parts = line.split(" ");
        byte[] values = HEX.parseHex(parts[2]);
        float[] expected = new float[values.length / 4];
        ByteBuffer.wrap(values).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(expected);

        float[] decoded = decode(DataType.valueOf(parts[0]), HEX.parseHex(parts[1]), expected.length);
        for (int i = 0; i < expected.length; i++) {
            assertThat(decoded[i]).as("element %d", i).isEqualTo(expected[i]);
        }
    }

    @ParameterizedTest
    @EnumSource
    void valuesAreThoseOfTheSpecification(DataType type) {
        Random random = new Random(7);
        int elements = 5 * type.blockElements();
        byte[] stored = new byte[5 * type.blockBytes()];
        random.nextBytes(stored);
        for (int block = 0; block < stored.length; block += type.blockBytes()) {
            for (int at : scales(type)) {
                short scale = Float.floatToFloat16(random.nextFloat() - 0.5f);
                ByteBuffer.wrap(stored).order(ByteOrder.LITTLE_ENDIAN).putShort(block + at, scale);
            }
            if (type == DataType.Q4_G128) {
                stored[block + 2] = (byte) random.nextInt(17);
                stored[block + 3] = 0;
            }
        }
        float[] decoded = decode(type, stored, elements);
        for (int i = 0; i < elements; i++) {
            int block = i / type.blockElements() * type.blockBytes();
            assertThat((double) decoded[i]).as("%s element %d", type, i).isEqualTo((float)
                    element(type, stored, block, i % type.blockElements()));
        }
    }

    private static int[] scales(DataType type) {
        return switch (type) {
            case F32, F16, BF16 -> new int[] {};
            case Q8_0, Q4_0, Q4_G128 -> new int[] {0};
            case Q4_1, Q4_K, Q5_K -> new int[] {0, 2};
            case Q6_K -> new int[] {208};
        };
    }

    private static float[] decode(DataType type, byte[] stored, int elements) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment data = arena.allocate(stored.length);
            data.copyFrom(MemorySegment.ofArray(stored));
            Tensor tensor = Dequantizer.toTensor(arena, new Matrix(type, 1, elements, data));
            return tensor.data().toArray(ValueLayout.JAVA_FLOAT);
        }
    }

    /** Element i of the block that starts at byte b, each bit looked up where the specification of the type puts it. */
    private static double element(DataType type, byte[] s, int b, int i) {
        ByteBuffer bytes = ByteBuffer.wrap(s).order(ByteOrder.LITTLE_ENDIAN);
        int inRun = i % 32;
        int run = i / 32;
        return switch (type) {
            case F32 -> bytes.getFloat(b);
            case F16 -> half(bytes, b);
            case BF16 -> Float.intBitsToFloat((s[b] & 255) << 16 | (s[b + 1] & 255) << 24);
            case Q8_0 -> half(bytes, b) * s[b + 2 + i];
            case Q4_0 -> half(bytes, b) * (bit4(s, b + 2 + i % 16, i / 16) - 8);
            case Q4_1 -> half(bytes, b) * bit4(s, b + 4 + i % 16, i / 16) + half(bytes, b + 2);
            case Q4_K, Q5_K -> {
                int[] six = sixBits(s, b + 4);
                int quantum;
                if (type == DataType.Q4_K) {
                    quantum = bit4(s, b + 16 + 32 * (i / 64) + inRun, run % 2);
                } else {
                    quantum = bit4(s, b + 48 + 32 * (i / 64) + inRun, run % 2)
                            + ((s[b + 16 + inRun] & 1 << run) != 0 ? 16 : 0);
                }
                yield half(bytes, b) * six[run] * quantum - half(bytes, b + 2) * six[8 + run];
            }
            case Q6_K -> {
                int inHalf = i % 128;
                int low = bit4(s, b + i / 128 * 64 + inHalf % 64, inHalf / 64);
                int high = (s[b + 128 + i / 128 * 32 + inHalf % 32] & 255) / (1 << inHalf / 32 * 2) % 4;
                yield half(bytes, b + 208) * s[b + 192 + i / 16] * (low + 16 * high - 32);
            }
            case Q4_G128 ->
                half(bytes, b) * (bit4(s, b + 4 + 16 * run + inRun % 16, inRun / 16) - bytes.getShort(b + 2));
        };
    }

    private static float half(ByteBuffer bytes, int at) {
        return Float.float16ToFloat(bytes.getShort(at));
    }

    private static int bit4(byte[] bytes, int at, int which) {
        return (bytes[at] & 255) / (which == 0 ? 1 : 16) % 16;
    }

    /** The eight scales, then the eight minima. */
    private static int[] sixBits(byte[] s, int at) {
        int[] result = new int[16];
        for (int j = 0; j < 4; j++) {
            result[j] = s[at + j] & 63;
            result[8 + j] = s[at + 4 + j] & 63;
            result[4 + j] = s[at + 8 + j] & 15 | (s[at + j] & 255) >> 6 << 4;
            result[12 + j] = (s[at + 8 + j] & 255) >> 4 | (s[at + 4 + j] & 255) >> 6 << 4;
        }
        return result;
    }
}
