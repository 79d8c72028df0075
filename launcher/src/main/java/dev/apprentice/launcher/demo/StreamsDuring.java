package dev.apprentice.launcher.demo;

import dev.apprentice.launcher.LauncherException;
import dev.apprentice.launcher.client.ApiClient;
import dev.apprentice.launcher.client.ApiException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;

/** Keeps completions streaming while something else is done, and insists that each of them ends whole. */
final class StreamsDuring {
    private static final int STREAMS = 3;
    private static final int TOKENS = 160;

    private StreamsDuring() {}

    static <T> T run(ApiClient client, String skill, Supplier<T> work) {
        CountDownLatch streaming = new CountDownLatch(STREAMS);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<String>> reasons = new ArrayList<>();
            for (int stream = 0; stream < STREAMS; stream++) {
                int seed = stream;
                reasons.add(threads.submit(() -> stream(client, skill, seed, streaming)));
            }
            streaming.await();
            T result = work.get();
            for (Future<String> reason : reasons) {
                if (reason.get().isEmpty()) {
                    throw new LauncherException("A completion ended without a reason during the update");
                }
            }
            return result;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LauncherException("The demo was interrupted", e);
        } catch (ExecutionException e) {
            throw new LauncherException("A completion was dropped during the update: " + e.getCause(), e);
        }
    }

    private static String stream(ApiClient client, String skill, int seed, CountDownLatch streaming) {
        Map<String, Object> request = Map.of(
                "model",
                skill,
                "prompt",
                "public class Example {\n",
                "max_tokens",
                TOKENS,
                "temperature",
                0.8,
                "seed",
                seed,
                "stop",
                List.of(),
                "stream",
                true);
        try {
            return client.complete(request, piece -> streaming.countDown())
                    .path("choices")
                    .path(0)
                    .path("finish_reason")
                    .asString("");
        } catch (ApiException e) {
            // never leave the others waiting for a stream that did not begin
            for (int i = 0; i < STREAMS; i++) {
                streaming.countDown();
            }
            throw e;
        }
    }
}
