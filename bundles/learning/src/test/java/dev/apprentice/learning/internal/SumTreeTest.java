package dev.apprentice.learning.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SumTreeTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 8, 9, 1000})
    void findsEverySlotByItsShareOfTheSum(int capacity) {
        SplittableRandom random = new SplittableRandom(capacity);
        SumTree tree = new SumTree(capacity);
        double[] weights = new double[capacity];
        for (int i = 0; i < 3 * capacity; i++) {
            int slot = random.nextInt(capacity);
            weights[slot] = random.nextInt(4) == 0 ? 0 : random.nextDouble();
            tree.set(slot, weights[slot]);
        }
        double before = 0;
        for (int slot = 0; slot < capacity; slot++) {
            if (weights[slot] > 0) {
                assertThat(tree.find(before + weights[slot] / 2)).isEqualTo(slot);
            }
            before += weights[slot];
        }
        assertThat(tree.total()).isCloseTo(before, within(1e-9));
    }
}
