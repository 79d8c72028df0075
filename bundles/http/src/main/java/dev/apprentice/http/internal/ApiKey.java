package dev.apprentice.http.internal;

import dev.apprentice.http.HttpException;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;

/** The key of programs, made once per home folder and kept in its file {@code api-key}. */
final class ApiKey {
    private static final String SCHEME = "Bearer ";
    private static final int SHORTEST = 32;

    private final String key;

    private ApiKey(String key) {
        this.key = key;
    }

    static ApiKey of(Path home) {
        Path file = home.resolve("api-key");
        try {
            if (!Files.exists(file)) {
                PrivateFiles.write(file, Secrets.random() + "\n");
            }
            PrivateFiles.restrict(file);
            String key = Files.readString(file).strip();
            if (key.length() < SHORTEST) {
                throw new HttpException(
                        500,
                        "bad_configuration",
                        file + " holds fewer than " + SHORTEST + " characters: delete it, a new key is made");
            }
            return new ApiKey(key);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + file + ": check its permissions", e);
        }
    }

    void require(HttpServletRequest request) {
        List<String> values = Collections.list(request.getHeaders("Authorization"));
        boolean one = values.size() == 1 && values.getFirst().regionMatches(true, 0, SCHEME, 0, SCHEME.length());
        if (!one || !Secrets.same(values.getFirst().substring(SCHEME.length()), key)) {
            throw new HttpException(
                    401,
                    "unauthorized",
                    "Send one header \"Authorization: Bearer KEY\" with the key in the file api-key of the home folder");
        }
    }
}
