package dev.apprentice.store.internal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.apprentice.store.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileBlobsTest {
    @TempDir
    Path home;

    private SqliteStore store;

    @BeforeEach
    void open() {
        store = new SqliteStore(home, Clock.systemUTC());
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void theSameContentIsStoredOnce() throws IOException {
        String digest = store.blobs().put("content".getBytes(UTF_8));

        assertThat(store.blobs().put("content".getBytes(UTF_8))).isEqualTo(digest);
        assertThat(store.blobs().read(digest)).asString(UTF_8).isEqualTo("content");
        try (Stream<Path> files = Files.walk(home.resolve("blobs"))) {
            assertThat(files.filter(Files::isRegularFile)).hasSize(1);
        }
    }

    @Test
    void damageOnDiskIsNoticedAndMendedByStoringAgain() throws IOException {
        String digest = store.blobs().put("content".getBytes(UTF_8));
        Files.writeString(file(digest), "cOntent");

        assertThatThrownBy(() -> store.blobs().read(digest))
                .isInstanceOfSatisfying(
                        StoreException.class, fault -> assertThat(fault.code()).isEqualTo(StoreException.Code.CORRUPT));
        store.blobs().put("content".getBytes(UTF_8));
        assertThat(store.blobs().read(digest)).asString(UTF_8).isEqualTo("content");
    }

    @Test
    void aMissingBlobAndAMalformedDigestAreReported() {
        assertThat(store.blobs().contains("sha256:" + "0".repeat(64))).isFalse();
        for (String digest :
                new String[] {"sha256:" + "0".repeat(64), "../../etc/passwd", "sha256:../" + "0".repeat(61)}) {
            assertThatThrownBy(() -> store.blobs().read(digest))
                    .isInstanceOfSatisfying(
                            StoreException.class,
                            fault -> assertThat(fault.code()).isEqualTo(StoreException.Code.MISSING));
        }
    }

    @Test
    void theNextStartSweepsWhatIsOldAndUnused() {
        String used = store.blobs().put("used".getBytes(UTF_8));
        String unused = store.blobs().put("unused".getBytes(UTF_8));
        store.blobs().retain("test", Set.of(used));

        reopen(Duration.ofMinutes(5));
        assertThat(store.blobs().contains(unused)).as("young").isTrue();
        reopen(Duration.ofHours(2));
        assertThat(store.blobs().contains(unused)).isFalse();
        assertThat(store.blobs().contains(used)).isTrue();
    }

    @Test
    void whatARoomLetsGoOfIsDeletedUnlessAnotherUsesItOrItWasJustStored() {
        String young = store.blobs().put("young".getBytes(UTF_8));
        String shared = store.blobs().put("shared".getBytes(UTF_8));
        String released = store.blobs().put("released".getBytes(UTF_8));
        store.blobs().retain("one", Set.of(young, shared, released));
        store.blobs().retain("two", Set.of(shared));

        reopen(Duration.ofMinutes(5));
        store.blobs().put("young".getBytes(UTF_8));
        store.blobs().retain("one", Set.of());

        assertThat(store.blobs().contains(released)).isFalse();
        assertThat(store.blobs().contains(shared)).isTrue();
        assertThat(store.blobs().contains(young)).isTrue();
    }

    @Test
    void nothingIsSweptWhileARoomHasNotSaidWhatItUses() {
        String blob = store.blobs().put("unclaimed".getBytes(UTF_8));
        store.migrate("silent", List.of());
        store.blobs().retain("test", Set.of());

        reopen(Duration.ofHours(2));

        assertThat(store.blobs().contains(blob)).isTrue();
    }

    private void reopen(Duration later) {
        store.close();
        store = new SqliteStore(home, Clock.offset(Clock.systemUTC(), later));
    }

    private Path file(String digest) {
        String hex = digest.substring("sha256:".length());
        return home.resolve("blobs").resolve(hex.substring(0, 2)).resolve(hex);
    }
}
