package dev.apprentice.learning.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.apprentice.model.Recall.Foretold;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TextRecallTest {
    private static TextIndex counting(int from, int to) {
        TextIndex index = new TextIndex(64);
        index.endText();
        IntStream.range(from, to).forEach(index::add);
        return index;
    }

    @Test
    void foretellsWhatFollowedAndTheSurerTheLongerItHolds() {
        TextRecall recall = new TextRecall(counting(0, 40), 1);
        double last = 0;
        recall.read(0, 1);
        assertThat(recall.next()).isEmpty();
        for (int token = 2; token < 15; token++) {
            recall.read(token);
            Foretold foretold = recall.next().orElseThrow();
            assertThat(foretold.tokens()).containsExactly(token + 1);
            assertThat(foretold.shares()).containsExactly(1);
            assertThat(foretold.weight()).isGreaterThan(last);
            last = foretold.weight();
        }
        assertThat(last).isBetween(0.6, 0.98);
    }

    @Test
    void countsForLessWhereItWasWrongOfLate() {
        TextRecall right = new TextRecall(counting(0, 40), 1);
        TextRecall wrong = new TextRecall(counting(0, 40), 1);
        for (int i = 0; i < 10; i++) {
            right.read(1, 2, 3, 4);
            wrong.read(1, 2, 3, 1000 + i);
        }
        right.read(500, 20, 21, 22);
        wrong.read(500, 20, 21, 22);

        assertThat(wrong.next().orElseThrow().tokens())
                .isEqualTo(right.next().orElseThrow().tokens())
                .containsExactly(23);
        assertThat(wrong.next().orElseThrow().weight())
                .isLessThan(right.next().orElseThrow().weight() / 2);
    }

    @Test
    void recallsTheTextAtHandToo() {
        TextRecall recall = new TextRecall(new TextIndex(0), 1);
        recall.read(5, 6, 7, 8, 9, 5, 6, 7);

        assertThat(recall.next().orElseThrow().tokens()).containsExactly(8);
    }

    @Test
    void theStrengthScalesItsWeightAndNoneSilencesIt() {
        TextRecall full = new TextRecall(counting(0, 40), 1);
        TextRecall half = new TextRecall(counting(0, 40), 0.5);
        TextRecall none = new TextRecall(counting(0, 40), 0);
        full.read(1, 2, 3, 4);
        half.read(1, 2, 3, 4);
        none.read(1, 2, 3, 4);

        assertThat(half.next().orElseThrow().weight())
                .isEqualTo(full.next().orElseThrow().weight() / 2);
        assertThat(none.next()).isEmpty();
    }
}
