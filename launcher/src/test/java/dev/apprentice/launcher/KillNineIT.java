package dev.apprentice.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.apprentice.launcher.client.ApiClient;
import dev.apprentice.launcher.client.ApiException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
        Path learned = learnedHome();
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

    /** A home with a skill that has learned, cleanly stopped: every round starts from a copy of it. */
    private Path learnedHome() throws Exception {
        Path home = folder.resolve("learned");
        try (RunningPlatform platform = RunningPlatform.start(home)) {
            ApiClient client = platform.client();
            publisher.becomeTrusted(client);
            publisher.install(client, InterruptibleWork.SKILL, "1.0.0");
            Path code = TestCode.write(folder.resolve("code"), 20);
            String path = "/api/skills/" + InterruptibleWork.SKILL;
            client.work(path + "/learn", Map.of("folder", code.toString()), (event, data) -> {});
            client.work(path + "/cycle", Map.of("count", 2), (event, data) -> {});
            Shelf.Skill skill = Shelf.of(client).skill(InterruptibleWork.SKILL);
            assertThat(skill).isNotNull();
            assertThat(skill.history()).as("at least one cycle was committed").hasSizeGreaterThan(1);
            platform.stop();
        }
        return home;
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
            requireWhole(platform.client(), after, name);
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

    private static void requireWhole(ApiClient client, Shelf shelf, String name) {
        assertThat(client.post("/api/audit/verify", Map.of()).path("intact").asBoolean())
                .as(name)
                .isTrue();
        shelf.skills().forEach((id, skill) -> {
            assertThat(skill.state()).as("%s of %s", id, name).isEqualTo("SERVING");
            assertThat(skill.history()).as("%s of %s", id, name).contains(skill.head());
            StringBuilder text = new StringBuilder();
            client.complete(
                    Map.of("model", id, "prompt", "public class ", "max_tokens", 4, "stop", List.of(), "stream", true),
                    text::append);
            assertThat(text.toString()).as("a completion of %s in %s", id, name).isNotEmpty();
        });
    }
}
