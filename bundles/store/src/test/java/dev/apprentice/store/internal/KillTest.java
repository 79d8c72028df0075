package dev.apprentice.store.internal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Kills a writing process at random moments; {@code -Dapprentice.kill.rounds=N} asks for more rounds. */
class KillTest {
    @TempDir
    Path home;

    @Test
    @Timeout(300)
    void whatWasAcknowledgedSurvivesAKill() throws Exception {
        RandomGenerator random = RandomGenerator.getDefault();
        long acknowledged = 0;
        for (int round = 0; round < Integer.getInteger("apprentice.kill.rounds", 5); round++) {
            acknowledged = runAndKill(acknowledged + 2, random.nextInt(5, 150), acknowledged);
            assertThat(acknowledged).isPositive();
            verify(acknowledged);
        }
    }

    /** Lets a child write until it has acknowledged something and a while has passed; returns the last acknowledged number. */
    private long runAndKill(long first, int millis, long acknowledged) throws IOException, InterruptedException {
        Path output = home.resolve("output.txt");
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        KilledWriter.class.getName(),
                        home.resolve("home").toString(),
                        Long.toString(first))
                .redirectOutput(output.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            while (Files.size(output) == 0 && child.isAlive()) {
                Thread.sleep(5);
            }
            Thread.sleep(millis);
        } finally {
            child.destroyForcibly();
            assertThat(child.waitFor(30, TimeUnit.SECONDS)).isTrue();
        }
        String text = Files.readString(output);
        List<String> complete =
                text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
        return complete.isEmpty() ? acknowledged : Long.parseLong(complete.getLast());
    }

    private void verify(long acknowledged) {
        try (SqliteStore store = new SqliteStore(home.resolve("home"), Clock.systemUTC())) {
            store.audit().verify();
            String digest = store.read(connection -> {
                try (PreparedStatement query =
                        connection.prepareStatement("SELECT blob FROM number WHERE value = " + acknowledged)) {
                    ResultSet row = query.executeQuery();
                    assertThat(row.next())
                            .as("number %d was acknowledged", acknowledged)
                            .isTrue();
                    return row.getString(1);
                }
            });
            assertThat(store.blobs().read(digest))
                    .isEqualTo(("content " + acknowledged).repeat(500).getBytes(UTF_8));
            long missing = store.read(connection -> {
                try (PreparedStatement query = connection.prepareStatement(
                                "SELECT count(*) FROM audit WHERE event = 'CYCLE_COMMITTED'");
                        PreparedStatement rows = connection.prepareStatement("SELECT count(*) FROM number")) {
                    return query.executeQuery().getLong(1) - rows.executeQuery().getLong(1);
                }
            });
            assertThat(missing)
                    .as("rows and audit entries are committed together")
                    .isZero();
        }
    }
}
