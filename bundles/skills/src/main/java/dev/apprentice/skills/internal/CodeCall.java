package dev.apprentice.skills.internal;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** One call of a skill's code, on a thread of its own, with limits of time and of memory. */
final class CodeCall {
    static final Duration LIMIT = Duration.ofSeconds(2);
    static final long MOST_BYTES = 256L << 20;

    private static final Duration LOOK = Duration.ofMillis(10);
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private CodeCall() {}

    /**
     * Runs on a platform thread: a virtual one that loops would hold a carrier, and with it every request. What is given up is
     * interrupted, which the {@link Metering} of skills turns into their end.
     *
     * @throws TimeoutException if it took too long or allocated too much
     */
    static <T extends @Nullable Object> T run(String skill, Callable<T> work)
            throws ExecutionException, TimeoutException {
        FutureTask<T> task = new FutureTask<>(work);
        Thread thread = Thread.ofPlatform().daemon().name("skill-" + skill).start(task);
        try {
            return await(task, thread);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ExecutionException(e);
        } finally {
            task.cancel(true);
        }
    }

    private static <T extends @Nullable Object> T await(FutureTask<T> task, Thread thread)
            throws InterruptedException, ExecutionException, TimeoutException {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (true) {
            try {
                return task.get(LOOK.toMillis(), TimeUnit.MILLISECONDS);
            } catch (TimeoutException still) {
                long bytes = THREADS.getThreadAllocatedBytes(thread.threadId());
                if (bytes > MOST_BYTES) {
                    throw new TimeoutException("allocated more than " + (MOST_BYTES >> 20) + " MiB");
                }
                if (System.nanoTime() > deadline) {
                    throw new TimeoutException("took longer than " + LIMIT.toSeconds() + " s");
                }
            }
        }
    }
}
