package dev.apprentice.kernels.cpu.internal;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Splits an operation into tasks over the caller and a few daemon threads.
 *
 * <p>It serves one operation at a time. A caller that finds it busy runs its operation alone, so that several sessions work at once
 * and none waits for another. The caller waits only for tasks that a worker has begun, never for a worker to wake up.
 */
final class WorkerPool implements AutoCloseable {
    /** Runs everything on the caller's thread. */
    static final WorkerPool SERIAL = new WorkerPool(1);

    /** Multiplications below which waking a worker costs more than it saves. */
    private static final long WORTH_SPLITTING = 1 << 17;

    /** How long an idle worker stays awake: about the gap between two operations of one token. */
    private static final long SPIN_NANOS = 30_000;

    private final AtomicBoolean busy = new AtomicBoolean();
    private final Thread[] workers;
    private volatile @Nullable Job current;
    private volatile boolean closed;

    /** One part of an operation, independent of the others. */
    interface Task {
        void run(int index);
    }

    WorkerPool(int threads) {
        workers = new Thread[threads - 1];
        for (int i = 0; i < workers.length; i++) {
            workers[i] = Thread.ofPlatform()
                    .daemon()
                    .name("apprentice-kernels-" + (i + 1))
                    .inheritInheritableThreadLocals(false)
                    .unstarted(this::work);
            workers[i].setContextClassLoader(null);
            workers[i].start();
        }
    }

    int threads() {
        return workers.length + 1;
    }

    /**
     * Runs task 0 … count−1, each once, and returns when all are done; the first failure is thrown.
     *
     * @param work rough number of multiplications of all tasks together
     */
    void run(int count, long work, Task task) {
        if (count <= 1 || workers.length == 0 || work < WORTH_SPLITTING || closed || !busy.compareAndSet(false, true)) {
            for (int i = 0; i < count; i++) {
                task.run(i);
            }
            return;
        }
        Job job = new Job(task, count);
        try {
            current = job;
            for (int i = 0; i < Math.min(workers.length, count - 1); i++) {
                LockSupport.unpark(workers[i]);
            }
            job.drain();
            job.awaitOthers();
        } finally {
            current = null;
            busy.set(false);
        }
        job.throwFailure();
    }

    private void work() {
        long idleSince = System.nanoTime();
        while (!closed) {
            Job job = current;
            if (job != null && job.enter()) {
                job.drain();
                job.leave();
                idleSince = System.nanoTime();
            } else if (System.nanoTime() - idleSince < SPIN_NANOS) {
                Thread.onSpinWait();
            } else {
                LockSupport.park(this);
                idleSince = System.nanoTime();
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        for (Thread worker : workers) {
            LockSupport.unpark(worker);
        }
        for (Thread worker : workers) {
            try {
                worker.join(TimeUnit.SECONDS.toMillis(10));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    /** The tasks of one operation. */
    private static final class Job {
        private static final int ENDED = Integer.MIN_VALUE;

        private final Task task;
        private final int count;
        private final AtomicInteger next = new AtomicInteger();
        private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        /** Workers inside; plus ENDED once nobody may enter any more. */
        private final AtomicInteger inside = new AtomicInteger();

        Job(Task task, int count) {
            this.task = task;
            this.count = count;
        }

        boolean enter() {
            int seen = inside.get();
            return seen >= 0 && next.get() < count && inside.compareAndSet(seen, seen + 1);
        }

        void leave() {
            inside.decrementAndGet();
        }

        void drain() {
            try {
                for (int i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
                    task.run(i);
                }
            } catch (RuntimeException | Error e) {
                next.set(count);
                failure.compareAndSet(null, e);
            }
        }

        void awaitOthers() {
            int others = inside.addAndGet(ENDED);
            long start = System.nanoTime();
            while (others != ENDED) {
                if (System.nanoTime() - start < SPIN_NANOS) {
                    Thread.onSpinWait();
                } else {
                    LockSupport.parkNanos(this, SPIN_NANOS); // the worker lost its core to somebody else
                }
                others = inside.get();
            }
        }

        void throwFailure() {
            switch (failure.get()) {
                case null -> {}
                case RuntimeException e -> throw e;
                case Error e -> throw e;
                case Throwable e -> throw new IllegalStateException(e);
            }
        }
    }
}
