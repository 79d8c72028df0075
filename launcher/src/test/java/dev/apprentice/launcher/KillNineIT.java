package dev.apprentice.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.apprentice.launcher.client.ApiClient;
import dev.apprentice.launcher.client.ApiException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills the platform at random moments of everything that changes state. {@code -Dapprentice.kill.rounds} sets how often and
 * {@code -Dapprentice.kill.seed} repeats the moments of an earlier run.
 */
class KillNineIT {
    private static final int ROUNDS = Integer.getInteger("apprentice.kill.rounds", 5);
    private static final long SEED = Long.getLong("apprentice.kill.seed", System.nanoTime());

    private final TestPublisher publisher = new TestPublisher();

    @TempDir
    Path folder;

    @Test
    void whatWasAcknowledgedSurvivesAndNothingIsHalf() throws Exception {
        System.out.println("KillNineIT: repeat with -Dapprentice.kill.seed=" + SEED);
        Random random = new Random(SEED);
        Path learned = LearnedHome.make(folder, publisher);
        List<String> outcomes = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            InterruptibleWork work = InterruptibleWork.values()[round % InterruptibleWork.values().length];
            long delay = random.nextLong(work.spanMillis());
            Path home = Homes.copy(learned, folder.resolve("round" + round));
            String name = "round " + round + ": " + work + ", killed after " + delay + " ms";
            outcomes.add(name + ": " + killed(home, work, delay, name));
        }
        outcomes.forEach(System.out::println);
        assertThat(outcomes).hasSize(ROUNDS);
    }

    private String killed(Path home, InterruptibleWork work, long delay, String name) throws Exception {
        Shelf before;
        List<String> acknowledgedCommits = new ArrayList<>();
        boolean acknowledged;
        try (RunningPlatform platform = RunningPlatform.start(home)) {
            before = Shelf.of(platform.client());
            CompletableFuture<Boolean> done = CompletableFuture.supplyAsync(
                    () -> acknowledged(work, platform.client(), before, acknowledgedCommits));
            TimeUnit.MILLISECONDS.sleep(delay);
            platform.kill();
            acknowledged = done.get(30, TimeUnit.SECONDS);
        }
        try (RunningPlatform platform = RunningPlatform.start(home)) {
            Shelf after = Shelf.of(platform.client());
            LearnedHome.requireWhole(platform.client(), after, name);
            boolean reached = work.reached(before, after);
            assertThat(reached || after.equals(before))
                    .as("%s: before %s, after %s", name, before, after)
                    .isTrue();
            if (acknowledged) {
                assertThat(reached)
                        .as("%s was acknowledged: before %s, after %s", name, before, after)
                        .isTrue();
            }
            Shelf.Skill skill = after.skill(InterruptibleWork.SKILL);
            if (skill != null) {
                assertThat(skill.history()).as(name).containsAll(acknowledgedCommits);
            }
            return (acknowledged ? "acknowledged" : "cut off") + ", " + (reached ? "done" : "as before");
        }
    }

    private boolean acknowledged(InterruptibleWork work, ApiClient client, Shelf before, List<String> commits) {
        try {
            work.run(client, publisher, before, commits);
            return true;
        } catch (ApiException e) {
            // a refusal would be a fault; only a broken connection is what the kill leaves
            assertThat(e.code()).as(e.getMessage()).isIn("connection_lost", "interrupted", "not_running");
            return false;
        }
    }
}
