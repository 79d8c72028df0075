package dev.apprentice.kernels.cuda.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.apprentice.compute.DataType;
import dev.apprentice.compute.Matrix;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class HeldWeightsTest {
    private final Memory memory = new Memory(10_000);
    private final HeldWeights held = new HeldWeights(memory, 1000);

    @Test
    void aWeightIsCopiedOnceAndFoundByTheSameObjectOnly() {
        Matrix weight = weight(Arena.ofAuto(), 10);
        held.hold(weight);
        held.hold(weight);
        assertThat(memory.copies).hasSize(1);
        HeldWeight copy = held.of(weight);
        assertThat(copy).isEqualTo(new HeldWeight(DataType.F32, 10, 100, 1));
        assertThat(held.bytes()).isEqualTo(4000);
        Matrix same = new Matrix(weight.type(), weight.rows(), weight.columns(), weight.data());
        assertThat(held.of(same)).isNull();
    }

    @Test
    void aSmallWeightStaysWhereItIs() {
        Matrix weight = weight(Arena.ofAuto(), 2);
        held.hold(weight);
        assertThat(held.of(weight)).isNull();
        assertThat(memory.copies).isEmpty();
    }

    @Test
    void whatDoesNotFitStaysWhereItIsUntilThereIsRoom() {
        Matrix third = weight(Arena.ofAuto(), 10);
        try (Arena arena = Arena.ofShared()) {
            Matrix first = weight(arena, 10);
            held.hold(first);
            held.hold(weight(arena, 10));
            held.hold(third);
            assertThat(held.of(third)).isNull();
            assertThat(held.of(first)).isNotNull();
        }
        held.hold(third); // what lay in closed memory is freed
        assertThat(held.of(third)).isNotNull();
        assertThat(memory.copies).hasSize(1);
        assertThat(held.bytes()).isEqualTo(4000);
    }

    @Test
    @Timeout(60)
    @SuppressWarnings("System_gc")
    void aWeightThatNobodyHoldsIsFreed() throws InterruptedException {
        Matrix kept = weight(Arena.ofAuto(), 10);
        held.hold(kept);
        held.hold(weight(Arena.ofAuto(), 10));
        assertThat(memory.copies).hasSize(2);
        while (memory.copies.size() > 1) {
            System.gc();
            Thread.sleep(10);
            assertThat(held.of(kept)).isNotNull();
        }
        assertThat(held.bytes()).isEqualTo(4000);
    }

    @Test
    void closingFreesAll() {
        Matrix weight = weight(Arena.ofAuto(), 10);
        held.hold(weight);
        held.close();
        assertThat(memory.copies).isEmpty();
        assertThat(held.of(weight)).isNull();
    }

    private static Matrix weight(Arena arena, int rows) {
        return new Matrix(DataType.F32, rows, 100, arena.allocate(400L * rows));
    }

    /** Keeps account of a device's memory. */
    private static final class Memory implements WeightMemory {
        private final Map<Long, Long> copies = new HashMap<>();
        private long free;
        private long last;

        Memory(long free) {
            this.free = free;
        }

        @Override
        public OptionalLong copy(MemorySegment data) {
            if (data.byteSize() > free) {
                return OptionalLong.empty();
            }
            free -= data.byteSize();
            last++;
            copies.put(last, data.byteSize());
            return OptionalLong.of(last);
        }

        @Override
        public void free(long address) {
            Long bytes = copies.remove(address);
            assertThat(bytes).as("freed once").isNotNull();
            free += bytes;
        }
    }
}
