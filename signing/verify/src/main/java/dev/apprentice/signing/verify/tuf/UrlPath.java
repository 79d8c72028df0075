package dev.apprentice.signing.verify.tuf;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Collectors;

/** Names as parts of addresses, and of file names: everything but letters, digits and {@code -._~} is percent-encoded. */
final class UrlPath {
    private static final String PLAIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

    private UrlPath() {}

    static String encode(String name) {
        StringBuilder text = new StringBuilder();
        for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            if (PLAIN.indexOf(c) >= 0) {
                text.append(c);
            } else {
                text.append(String.format("%%%02X", (int) c));
            }
        }
        return text.toString();
    }

    /** Encodes each part, and keeps the slashes between them. */
    static String encodeParts(String path) {
        return Arrays.stream(path.split("/", -1)).map(UrlPath::encode).collect(Collectors.joining("/"));
    }
}
