package dev.apprentice.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.apprentice.launcher.client.ApiClient;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Installs, updates, rolls back and removes while completions stream; {@code -Dapprentice.update.rounds} sets how often. */
class UpdateUnderLoadIT {
    private static final int ROUNDS = Integer.getInteger("apprentice.update.rounds", 15);
    private static final int WARM_UP = 5;
    private static final int STREAMS = 3;
    private static final String SKILL = "java-completion";

    private final TestPublisher publisher = new TestPublisher();

    @TempDir
    Path folder;

    @Test
    void noRequestFailsAndNothingIsLeaked() throws Exception {
        try (RunningPlatform platform = RunningPlatform.start(folder.resolve("home"));
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            ApiClient client = platform.client();
            publisher.becomeTrusted(client);
            publisher.install(client, SKILL, "1.0.0");
            AtomicBoolean enough = new AtomicBoolean();
            List<Future<Integer>> streams = new ArrayList<>();
            for (int stream = 0; stream < STREAMS; stream++) {
                int seed = stream;
                streams.add(threads.submit(() -> completeUntil(enough, client, seed)));
            }
            ProcessUse warm;
            ProcessUse end;
            try {
                round(client, WARM_UP);
                warm = ProcessUse.of(platform.process().pid());
                round(client, Math.max(1, ROUNDS - WARM_UP));
                end = ProcessUse.of(platform.process().pid());
            } finally {
                enough.set(true);
            }
            int completions = 0;
            for (Future<Integer> stream : streams) {
                int served = stream.get();
                assertThat(served).isPositive();
                completions += served;
            }
            System.out.println("UpdateUnderLoadIT: " + completions + " completions in " + ROUNDS + " rounds, warm "
                    + warm + ", end " + end);
            assertThat(end.bundleLoaders())
                    .as("class loaders of bundles")
                    .isLessThanOrEqualTo(warm.bundleLoaders() + 2);
            assertThat(end.classes()).as("loaded classes").isLessThanOrEqualTo(warm.classes() + 400);
            assertThat(end.threads()).as("threads").isLessThanOrEqualTo(warm.threads() + 5);
            assertThat(end.files()).as("open files").isLessThanOrEqualTo(warm.files() + 10);
            assertThat(end.residentMiB()).as("resident MiB").isLessThanOrEqualTo(warm.residentMiB() + 300);
        }
    }

    private void round(ApiClient client, int times) throws Exception {
        for (int i = 0; i < times; i++) {
            assertThat(publisher.install(client, SKILL, "1.1.0").path("version").asString())
                    .isEqualTo("1.1.0");
            publisher.install(client, "template", "1.0.0");
            client.post("/api/skills/" + SKILL + "/rollback", Map.of("version", "1.0.0"));
            client.delete("/api/skills/template?learned=destroy");
        }
    }

    /** Completes again and again; any request that fails or ends without a reason fails the test. */
    private static int completeUntil(AtomicBoolean enough, ApiClient client, int seed) {
        int served = 0;
        while (!enough.get()) {
            Map<String, Object> request = Map.of(
                    "model",
                    SKILL,
                    "prompt",
                    "public class Example {\n",
                    "max_tokens",
                    48,
                    "temperature",
                    0.8,
                    "seed",
                    seed,
                    "stop",
                    List.of(),
                    "stream",
                    true);
            var last = client.complete(request, piece -> {});
            assertThat(last.path("choices").path(0).path("finish_reason").asString(""))
                    .isIn("stop", "length");
            served++;
        }
        return served;
    }
}
