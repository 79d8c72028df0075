package dev.apprentice.signing.verify.tuf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.apprentice.signing.verify.tuf.Metadata.TargetFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the cases of the official conformance suite (theupdateframework/tuf-conformance) share. The test classes carry its cases
 * under its names; the repository they meet is our own.
 */
abstract class Conformance {
    @TempDir
    Path folder;

    final RepositorySimulator repo = new RepositorySimulator();

    @BeforeEach
    void madeFolders() throws IOException {
        Files.createDirectories(metadata());
        Files.createDirectories(targets());
    }

    @AfterEach
    void stopServer() {
        repo.close();
    }

    Path metadata() {
        return folder.resolve("metadata");
    }

    Path targets() {
        return folder.resolve("targets");
    }

    void init() {
        TufClient.initialize(metadata(), published("root", 1));
    }

    byte[] published(String role, int version) {
        return repo.published.getOrDefault(role, List.of()).get(version - 1);
    }

    /** Runs a refresh; empty if it succeeded, else the reason of the refusal. */
    Optional<TufException.Code> refresh() {
        return refresh(0);
    }

    Optional<TufException.Code> refresh(int daysFromNow) {
        return outcome(() -> client(daysFromNow).refresh());
    }

    Optional<TufException.Code> download(String... paths) {
        return outcome(() -> {
            TufClient client = client(0);
            client.refresh();
            for (String path : paths) {
                TargetFile target = client.find(path)
                        .orElseThrow(
                                () -> new TufException(TufException.Code.NOT_FOUND, "There is no target: " + path));
                client.download(
                        target, new HttpFetcher(repo.url("targets/")), targets().resolve(UrlPath.encode(path)));
            }
        });
    }

    TufClient client(int daysFromNow) {
        Instant now = RepositorySimulator.NOW.plus(daysFromNow, ChronoUnit.DAYS);
        return new TufClient(metadata(), new HttpFetcher(repo.url("metadata/")), Clock.fixed(now, ZoneOffset.UTC));
    }

    private static Optional<TufException.Code> outcome(Runnable work) {
        try {
            work.run();
            return Optional.empty();
        } catch (TufException refusal) {
            assertThat(refusal.getMessage()).contains(": ");
            return Optional.of(refusal.code());
        }
    }

    void refreshes() {
        assertThat(refresh()).isEmpty();
    }

    void refuses(TufException.Code code) {
        assertThat(refresh()).contains(code);
    }

    /** The trusted roles as {@code name version}, in order. */
    List<String> trusted() {
        List<String> all = new ArrayList<>();
        try (Stream<Path> files = Files.list(metadata())) {
            for (Path file : files.sorted().toList()) {
                String name = String.valueOf(file.getFileName());
                if (name.endsWith(".json")) {
                    all.add(name.replace(".json", " ")
                            + RepositorySimulator.JSON
                                    .readTree(Files.readAllBytes(file))
                                    .at("/signed/version"));
                }
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return all;
    }

    byte[] stored(String role) throws IOException {
        return Files.readAllBytes(metadata().resolve(role + ".json"));
    }

    /** The contents of what was downloaded, in any order. */
    List<String> downloaded() {
        List<String> all = new ArrayList<>();
        try (Stream<Path> files = Files.list(targets())) {
            for (Path file : files.toList()) {
                all.add(Files.readString(file, StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return all;
    }
}
