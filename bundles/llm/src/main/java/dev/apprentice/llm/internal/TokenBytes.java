package dev.apprentice.llm.internal;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The bytes that each token of a vocabulary stands for. */
final class TokenBytes {
    private static final int[] BYTE_OF_CHARACTER = byteOfCharacter();
    private static final Pattern ONE_BYTE = Pattern.compile("<0x([0-9A-F]{2})>");
    private final byte[][] bytes;

    /** How tokens are spelled in the vocabulary. */
    enum Spelling {
        /**
         * A byte is one printable character: itself where it is printable, else the next unused code point from 256 on (as GPT-2's
         * encoder does).
         */
        BYTE_LEVEL,
        /** As text with ▁ for a space; a byte that is no text is {@code <0xNN>} (as SentencePiece does). */
        BYTE_FALLBACK,
        /** As text. */
        TEXT
    }

    /** No token stands for anything yet. */
    TokenBytes(int size) {
        bytes = new byte[size][];
        Arrays.fill(bytes, new byte[0]);
    }

    /** Gives tokens their bytes. */
    void put(Map<String, Integer> vocabulary, Spelling how) {
        vocabulary.forEach((spelling, id) -> bytes[id] = switch (how) {
            case BYTE_LEVEL -> byteLevel(spelling);
            case BYTE_FALLBACK -> byteFallback(spelling);
            case TEXT -> spelling.getBytes(StandardCharsets.UTF_8);
        });
    }

    /** The bytes of a token; not to be written to. */
    byte[] of(int token) {
        return bytes[token];
    }

    /** The characters that stand for a byte in byte-level vocabularies, all 256. */
    static String byteCharacters() {
        StringBuilder characters = new StringBuilder();
        for (int character = 0; character < BYTE_OF_CHARACTER.length; character++) {
            if (BYTE_OF_CHARACTER[character] >= 0) {
                characters.append((char) character);
            }
        }
        return characters.toString();
    }

    private static byte[] byteFallback(String spelling) {
        Matcher oneByte = ONE_BYTE.matcher(spelling);
        return oneByte.matches()
                ? HexFormat.of().parseHex(oneByte.group(1))
                : spelling.replace('▁', ' ').getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] byteLevel(String spelling) {
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
