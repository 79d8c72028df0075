package dev.apprentice.llm.internal;

import dev.apprentice.compute.Tensor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Joins the steps of generations that run at the same time into one pass over the weights, whatever adapters they have (continuous
 * batching, as in Orca, OSDI 2022).
 *
 * <p>There is no thread of its own: of the generations that wait for their next step, one runs the step of all. It waits a moment for
 * those that are still choosing or showing their last token; one that takes longer, because its client reads slowly, is left out until it
 * comes back. A generation that is alone runs its step itself at once.
 */
final class Batcher {
    /** Rows of a pass at the most; more wait for the next one, first come first served. */
    static final int MOST_ROWS = 16;

    private static final long LEAST_PATIENCE = TimeUnit.MICROSECONDS.toNanos(500);
    private static final long MOST_PATIENCE = TimeUnit.MILLISECONDS.toNanos(20);

    private final Transformer transformer;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Set<Seat> awaited = new HashSet<>();
    private final Deque<Step> waiting = new ArrayDeque<>();
    private final Scratch scratch = new Scratch();
    private @Nullable Pass pass;
    private boolean running;
    private long passNanos;

    Batcher(Transformer transformer) {
        this.transformer = transformer;
    }

    /** A generation's place. */
    final class Seat implements AutoCloseable {
        private Seat() {}

        /** Reads a token after those of the session and writes what follows. */
        void step(Session session, int token, StepResult result) {
            Step step = new Step(this, session, token, result);
            lock.lock();
            try {
                awaited.add(this);
                waiting.add(step);
                changed.signalAll();
                perform(step);
            } finally {
                lock.unlock();
            }
            step.throwFailure();
        }

        @Override
        public void close() {
            lock.lock();
            try {
                awaited.remove(this);
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    private static final class Step {
        private final Seat seat;
        private final Session session;
        private final int token;
        private final StepResult result;
        private boolean done;
        private @Nullable Throwable failure;

        Step(Seat seat, Session session, int token, StepResult result) {
            this.seat = seat;
            this.session = session;
            this.token = token;
            this.result = result;
        }

        void throwFailure() {
            switch (failure) {
                case null -> {}
                case RuntimeException e -> throw e;
                case Error e -> throw e;
                case Throwable e -> throw new IllegalStateException(e);
            }
        }
    }

    /** Takes a seat; the generation is waited for from its first step on. */
    Seat join() {
        return new Seat();
    }

    /** Waits until a step is done, or runs it with all that wait; holds the lock. */
    private void perform(Step step) {
        boolean interrupted = false;
        long patience = Math.clamp(passNanos / 2, LEAST_PATIENCE, MOST_PATIENCE);
        long since = System.nanoTime();
        while (!step.done) {
            long left = patience - (System.nanoTime() - since);
            if (!running && (waiting.size() >= Math.min(awaited.size(), MOST_ROWS) || left <= 0)) {
                lead();
                continue;
            }
            try {
                if (running) {
                    changed.await();
                    since = System.nanoTime();
                } else {
                    changed.awaitNanos(left);
                }
            } catch (InterruptedException e) {
                interrupted = true; // a step takes milliseconds: it is finished first
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Runs a pass for those that wait; holds the lock, but not during the pass. */
    private void lead() {
        List<Step> steps = new ArrayList<>();
        while (steps.size() < MOST_ROWS && !waiting.isEmpty()) {
            steps.add(waiting.remove());
        }
        if (waiting.isEmpty()) {
            awaited.retainAll(steps.stream().map(step -> step.seat).toList());
        }
        running = true;
        lock.unlock();
        long start = System.nanoTime();
        try {
            run(steps);
        } finally {
            lock.lock();
            passNanos = System.nanoTime() - start;
            running = false;
            steps.forEach(step -> step.done = true);
            changed.signalAll();
        }
    }

    private void run(List<Step> steps) {
        if (steps.size() > 1) {
            try {
                together(steps);
                return;
            } catch (RuntimeException e) {
                // one of them is to blame, and the others must not suffer: each once more alone
            }
        }
        for (Step step : steps) {
            try {
                Tensor hidden = step.session.step(step.token);
                step.result.set(transformer, step.session.network().weights(), hidden);
            } catch (RuntimeException | Error e) {
                step.failure = e;
            }
        }
    }

    private void together(List<Step> steps) {
        // neighbours with the same adapter make larger products
        List<Step> rows = steps.stream()
                .sorted(Comparator.comparingInt(step -> System.identityHashCode(step.session.steps())))
                .toList();
        Network network =
                MixedNetwork.of(rows.stream().map(step -> step.session.steps()).toList());
        int n = rows.size();
        List<Pass.Part> parts = new ArrayList<>();
        for (int row = 0; row < n; row++) {
            parts.add(new Pass.Part(rows.get(row).session.cache(), row, 1));
        }
        if (pass == null) {
            pass = new Pass(transformer, n, network);
        }
        int[] tokens = rows.stream().mapToInt(step -> step.token).toArray();
        Tensor hidden = pass.run(network, tokens, parts);
        scratch.reset();
        Tensor logits = scratch.tensor(n, transformer.config().vocabulary());
        transformer.head(network.weights(), hidden, logits);
        for (int row = 0; row < n; row++) {
            rows.get(row).result.set(hidden.rows(row, 1), logits.rows(row, 1));
        }
    }
}
