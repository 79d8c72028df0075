package dev.apprentice.http.internal;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * Platform threads on which handlers run. Generating and learning keep a core busy for minutes; on the virtual threads that carry
 * connections they would hold up everyone else.
 */
final class Workers implements AutoCloseable {
    private static final long STOP_SECONDS = 5;

    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofPlatform().daemon().name("apprentice-request-", 0).factory());

    void run(Work work) throws Exception {
        Callable<Boolean> task = () -> {
            work.run();
            return true;
        };
        Future<Boolean> answer;
        try {
            answer = threads.submit(task);
        } catch (RejectedExecutionException _) {
            throw new InterruptedException("The server is stopping");
        }
        try {
            answer.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        } catch (InterruptedException e) {
            answer.cancel(true);
            throw e;
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
        try {
            if (!threads.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
                System.getLogger(Workers.class.getName())
                        .log(System.Logger.Level.WARNING, "A request is still being answered while the server stops");
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /** What a handler does. */
    @FunctionalInterface
    interface Work {
        void run() throws Exception;
    }
}
