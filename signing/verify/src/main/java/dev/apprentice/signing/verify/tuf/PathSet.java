package dev.apprentice.signing.verify.tuf;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** The target paths that a delegation covers (section 4.5). */
public sealed interface PathSet {
    boolean covers(String path);

    /** Shell-style patterns: {@code *} is any characters but {@code /}, {@code ?} is one of them. */
    record Patterns(List<String> patterns) implements PathSet {
        @Override
        public boolean covers(String path) {
            return patterns.stream().anyMatch(pattern -> matches(pattern, path));
        }

        /** Linear but for the last star, to which alone matching goes back: no pattern makes it slow. */
        private static boolean matches(String pattern, String path) {
            int p = 0;
            int at = 0;
            int star = -1;
            int resume = 0;
            while (at < path.length()) {
                char c = path.charAt(at);
                if (p < pattern.length() && pattern.charAt(p) == '*') {
                    star = p++;
                    resume = at;
                } else if (p < pattern.length() && (pattern.charAt(p) == c || (pattern.charAt(p) == '?' && c != '/'))) {
                    p++;
                    at++;
                } else if (star >= 0 && path.charAt(resume) != '/') {
                    p = star + 1;
                    at = ++resume;
                } else {
                    return false;
                }
            }
            while (p < pattern.length() && pattern.charAt(p) == '*') {
                p++;
            }
            return p == pattern.length();
        }
    }

    /** Prefixes of the hex SHA-256 of the path, which deal many paths out among roles. */
    record HashPrefixes(List<String> prefixes) implements PathSet {
        @Override
        public boolean covers(String path) {
            String hash = Hashes.hex("sha256", path.getBytes(StandardCharsets.UTF_8));
            return prefixes.stream().anyMatch(hash::startsWith);
        }
    }

    static PathSet read(Fields role) {
        if (role.has("paths") == role.has("path_hash_prefixes")) {
            throw role.fault("has not exactly one of paths and path_hash_prefixes");
        }
        if (role.has("paths")) {
            return new Patterns(role.texts("paths"));
        }
        List<String> prefixes = role.texts("path_hash_prefixes");
        if (!prefixes.stream().allMatch(prefix -> prefix.matches("[0-9a-f]{1,64}"))) {
            throw role.fault("has in path_hash_prefixes something that begins no SHA-256");
        }
        return new HashPrefixes(prefixes);
    }
}
