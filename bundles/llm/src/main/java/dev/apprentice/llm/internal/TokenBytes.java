package dev.apprentice.llm.internal;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Map;

/**
 * The bytes of each token of a byte-level vocabulary. Such vocabularies spell a byte as one printable character: itself where it
 * is printable, else the next unused code point from 256 on (as GPT-2's encoder does).
 */
final class TokenBytes {
    private static final int[] BYTE_OF_CHARACTER = byteOfCharacter();
    private final byte[][] bytes;

    /** @param vocabulary spelling to id; ids outside it, such as special tokens, stand for no text */
    TokenBytes(Map<String, Integer> vocabulary, int size) {
        bytes = new byte[size][];
        Arrays.fill(bytes, new byte[0]);
        vocabulary.forEach((spelling, id) -> bytes[id] = bytes(spelling));
    }

    /** The bytes of a token; not to be written to. */
    byte[] of(int token) {
        return bytes[token];
    }

    private static byte[] bytes(String spelling) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        spelling.chars().forEach(character -> {
            int value = character < BYTE_OF_CHARACTER.length ? BYTE_OF_CHARACTER[character] : -1;
            if (value < 0) {
                throw new IllegalArgumentException("The token " + spelling + " is not spelled in bytes");
            }
            out.write(value);
        });
        return out.toByteArray();
    }

    private static int[] byteOfCharacter() {
        int[] table = new int[512];
        Arrays.fill(table, -1);
        int next = 256;
        for (int value = 0; value < 256; value++) {
            boolean printable = value >= '!' && value <= '~' || value >= 0xa1 && value <= 0xac || value >= 0xae;
            table[printable ? value : next++] = value;
        }
        return table;
    }
}
