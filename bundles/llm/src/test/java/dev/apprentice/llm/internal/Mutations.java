package dev.apprentice.llm.internal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Small damage to files, the same for the same seed. */
final class Mutations {
    private static final long[] NUMBERS = {
        0,
        1,
        2,
        3,
        7,
        12,
        31,
        32,
        33,
        64,
        255,
        256,
        65_536,
        Integer.MAX_VALUE,
        1L << 31,
        1L << 32,
        1L << 40,
        1L << 61,
        Long.MAX_VALUE,
        Long.MIN_VALUE,
        -1,
        -2,
        -8
    };
    private static final List<String> VALUES = List.of(
            "0",
            "-1",
            "1",
            "2",
            "7",
            "16777216",
            "2147483648",
            "9223372036854775807",
            "1e400",
            "-0.5",
            "1e-320",
            "null",
            "true",
            "false",
            "\"\"",
            "\"x\"",
            "\"default\"",
            "[]",
            "{}",
            "[1]",
            "[[]]",
            "{\"a\": 1}",
            "\"\\u0000\"",
            "NaN");
    private static final Pattern VALUE =
            Pattern.compile("(?<=[:\\[,] ?)(\"[^\"]*\"|-?[0-9][0-9.eE+-]*|true|false|null)(?=\\s*[,}\\]])");

    private Mutations() {}

    /** Changes bytes, numbers or lengths among the first {@code header} bytes, or cuts the file. */
    static byte[] binary(byte[] file, int header, Random random) {
        byte[] copy = file.clone();
        ByteBuffer buffer = ByteBuffer.wrap(copy).order(ByteOrder.LITTLE_ENDIAN);
        for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
            int at = random.nextInt(header - 8);
            switch (random.nextInt(6)) {
                case 0 -> copy[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> copy[at] = (byte) random.nextInt(256);
                case 2 -> buffer.putInt(at, (int) NUMBERS[random.nextInt(NUMBERS.length)]);
                case 3 -> buffer.putLong(at, NUMBERS[random.nextInt(NUMBERS.length)]);
                case 4 -> buffer.putInt(at, buffer.getInt(at) + random.nextInt(5) - 2);
                default -> {
                    int from = random.nextInt(header - 8);
                    System.arraycopy(file, from, copy, at, Math.min(8, header - Math.max(at, from)));
                }
            }
        }
        return random.nextInt(10) == 0 ? Arrays.copyOf(copy, random.nextInt(copy.length)) : copy;
    }

    /** Replaces one of the values of a JSON text by another, or else a character. */
    static String json(String text, Random random) {
        if (random.nextInt(4) == 0) {
            StringBuilder changed = new StringBuilder(text);
            changed.setCharAt(random.nextInt(text.length()), (char) (32 + random.nextInt(96)));
            return changed.toString();
        }
        int wanted = random.nextInt((int) VALUE.matcher(text).results().count());
        Matcher matcher = VALUE.matcher(text);
        for (int i = 0; i <= wanted; i++) {
            matcher.find();
        }
        return text.substring(0, matcher.start())
                + VALUES.get(random.nextInt(VALUES.size()))
                + text.substring(matcher.end());
    }

    /** A safetensors file with a changed header, of the length that it then has. */
    static byte[] safeTensors(byte[] file, Random random) {
        int length = (int) ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong();
        if (random.nextInt(4) == 0) {
            return binary(file, 8 + length, random);
        }
        byte[] header = json(new String(file, 8, length, StandardCharsets.UTF_8), random)
                .getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + header.length + file.length - 8 - length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(header.length)
                .put(header)
                .put(file, 8 + length, file.length - 8 - length)
                .array();
    }
}
