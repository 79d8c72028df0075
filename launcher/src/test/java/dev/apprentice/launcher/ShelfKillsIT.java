package dev.apprentice.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.apprentice.launcher.client.ApiException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One home that lives through kills at random moments of install, update, rollback and removal, each change starting from where
 * the kill before left it. {@code -Dapprentice.kill.shelf.rounds} sets how often and {@code -Dapprentice.kill.seed} repeats the
 * moments of an earlier run.
 */
class ShelfKillsIT {
    private static final int ROUNDS = Integer.getInteger("apprentice.kill.shelf.rounds", 5);
    private static final long SEED = Long.getLong("apprentice.kill.seed", System.nanoTime());

    /** Some kills come a little after the change should be done. */
    private static final double AIM = 1.3;

    private final TestPublisher publisher = new TestPublisher();
    private final Map<String, Integer> outcomes = new TreeMap<>();
    /** How long each kind of change takes after a start, in milliseconds, as far as that is known. */
    private final Map<String, Long> took =
            new HashMap<>(Map.of("install", 5000L, "update", 5000L, "roll back", 1000L, "remove", 300L));

    @TempDir
    Path folder;

    @Test
    void shelfIsAsBeforeOrAsAfterAtEveryStart() throws Exception {
        System.out.println("ShelfKillsIT: repeat with -Dapprentice.kill.seed=" + SEED);
        Random random = new Random(SEED);
        Path home = LearnedHome.make(folder, publisher);
        RunningPlatform platform = RunningPlatform.start(home);
        try {
            for (int round = 0; round < ROUNDS; round++) {
                Shelf before = Shelf.of(platform.client());
                ShelfMove move = ShelfMove.choose(before, random);
                boolean acknowledged = killed(platform, move, random.nextDouble(AIM));
                platform = RunningPlatform.start(home);
                Shelf after = Shelf.of(platform.client());
                String name = "round " + round + ": " + move.name();
                LearnedHome.requireWhole(platform.client(), after, name);
                requireBeforeOrAfter(move, before, after, acknowledged, name);
            }
        } finally {
            platform.close();
        }
        System.out.println("ShelfKillsIT: " + ROUNDS + " kills, " + outcomes);
        assertThat(outcomes.values().stream().mapToInt(Integer::intValue).sum()).isEqualTo(ROUNDS);
    }

    /** Kills at a part of the time that the change is known to take, or when it is acknowledged. */
    private boolean killed(RunningPlatform platform, ShelfMove move, double part) throws Exception {
        long start = System.nanoTime();
        CompletableFuture<Boolean> done = CompletableFuture.supplyAsync(() -> acknowledged(platform, move));
        try {
            done.get((long) (part * Objects.requireNonNull(took.get(move.kind()))), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            // This is its moment.
        }
        platform.kill();
        boolean acknowledged = done.get(30, TimeUnit.SECONDS);
        if (acknowledged) {
            took.put(move.kind(), (System.nanoTime() - start) / 1_000_000);
        } else {
            // Perhaps it takes longer than it did: as many kills shall come too late as come too early.
            took.computeIfPresent(move.kind(), (kind, millis) -> millis + millis / 4);
        }
        return acknowledged;
    }

    private boolean acknowledged(RunningPlatform platform, ShelfMove move) {
        try {
            move.run(platform.client(), publisher);
            return true;
        } catch (ApiException e) {
            // a refusal would be a fault; only a broken connection is what the kill leaves
            assertThat(e.code()).as(e.getMessage()).isIn("connection_lost", "interrupted", "not_running");
            return false;
        }
    }

    private void requireBeforeOrAfter(ShelfMove move, Shelf before, Shelf after, boolean acknowledged, String name) {
        boolean reached = move.reached(before, after);
        assertThat(reached || after.equals(before))
                .as("%s: before %s, after %s", name, before, after)
                .isTrue();
        assertThat(reached || !acknowledged)
                .as("%s was acknowledged: before %s, after %s", name, before, after)
                .isTrue();
        String outcome = move.kind() + " " + (acknowledged ? "acknowledged" : "cut off") + ", "
                + (reached ? "done" : "as before");
        System.out.println("ShelfKillsIT: " + name + ": " + outcome);
        outcomes.merge(outcome, 1, Integer::sum);
    }
}
