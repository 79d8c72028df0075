package dev.apprentice.kernels.cpu.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WorkerPoolTest {
    private static final long MUCH = Long.MAX_VALUE;

    @Test
    void everyTaskRunsOnce() {
        try (WorkerPool pool = new WorkerPool(3)) {
            for (int round = 0; round < 2000; round++) {
                AtomicIntegerArray runs = new AtomicIntegerArray(7);
                pool.run(7, MUCH, runs::incrementAndGet);
                assertThat(runs.toString()).isEqualTo("[1, 1, 1, 1, 1, 1, 1]");
            }
        }
    }

    @Test
    void anOperationWithinAnOperationRunsOnItsThread() {
        AtomicIntegerArray runs = new AtomicIntegerArray(16);
        try (WorkerPool pool = new WorkerPool(2)) {
            pool.run(4, MUCH, outer -> pool.run(4, MUCH, inner -> runs.incrementAndGet(4 * outer + inner)));
        }
        assertThat(runs.toString()).doesNotContain("0").doesNotContain("2");
    }

    @Test
    void aFailureReachesTheCallerAndThePoolGoesOn() {
        try (WorkerPool pool = new WorkerPool(2)) {
            assertThatThrownBy(() -> pool.run(100, MUCH, index -> {
                        if (index == 50) {
                            throw new IllegalStateException("task 50");
                        }
                    }))
                    .hasMessage("task 50");
            AtomicIntegerArray runs = new AtomicIntegerArray(2);
            pool.run(2, MUCH, runs::incrementAndGet);
            assertThat(runs.toString()).isEqualTo("[1, 1]");
        }
    }

    @Test
    void aClosedPoolRunsOnTheCallersThread() {
        WorkerPool pool = new WorkerPool(4);
        pool.close();
        Thread[] ran = new Thread[3];
        pool.run(3, MUCH, index -> ran[index] = Thread.currentThread());
        assertThat(ran).containsOnly(Thread.currentThread());
    }
}
