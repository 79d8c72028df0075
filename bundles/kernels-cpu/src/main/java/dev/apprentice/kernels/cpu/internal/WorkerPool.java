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
    private static final long SPIN_NANOS = 50_000;

    /** Looks at the next job between two looks at the clock, which costs as much as some of them. */
    private static final int LOOKS = 32;

    private final AtomicBoolean busy = new AtomicBoolean();
    private final Worker[] workers;
    private volatile @Nullable Job current;
    private volatile boolean closed;

    /** One part of an operation, independent of the others. */
    interface Task {
        void run(int index);
    }

    WorkerPool(int threads) {
        workers = new Worker[threads - 1];
        for (int i = 0; i < workers.length; i++) {
            workers[i] = new Worker("apprentice-kernels-" + (i + 1));
        }
        for (Worker worker : workers) {
            worker.thread.start();
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
                workers[i].wake();
            }
            job.drain();
            job.awaitOthers();
        } finally {
            current = null;
            busy.set(false);
        }
        job.throwFailure();
    }

    /** Looks out for jobs: busily for a while, as the next operation is about to come, then asleep. */
    private final class Worker {
        private final Thread thread;
        private volatile boolean asleep;

        Worker(String name) {
            thread = Thread.ofPlatform()
                    .daemon()
                    .name(name)
                    .inheritInheritableThreadLocals(false)
                    .unstarted(this::work);
            thread.setContextClassLoader(null);
        }

        /** A worker that is awake sees the job by itself. The job is published before, so none is missed. */
        void wake() {
            if (asleep) {
                LockSupport.unpark(thread);
            }
        }

        private void work() {
            while (!closed) {
                if (!lookOut()) {
                    asleep = true;
                    if (current == null && !closed) {
                        LockSupport.park(WorkerPool.this);
                    }
                    asleep = false;
                }
            }
        }

        /** False if nothing has come for a while. */
        private boolean lookOut() {
            long since = System.nanoTime();
            do {
                for (int look = 0; look < LOOKS; look++) {
                    Job job = current;
                    if (job != null && job.enter()) {
                        job.drain();
                        job.leave();
                        return true;
                    }
                    Thread.onSpinWait();
                }
            } while (System.nanoTime() - since < SPIN_NANOS);
            return false;
        }
    }

    @Override
    public void close() {
        closed = true;
        for (Worker worker : workers) {
            LockSupport.unpark(worker.thread);
        }
        for (Worker worker : workers) {
            try {
                worker.thread.join(TimeUnit.SECONDS.toMillis(10));
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
            for (int looks = 0; others != ENDED; looks++) {
                if (looks % LOOKS != 0 || System.nanoTime() - start < SPIN_NANOS) {
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
