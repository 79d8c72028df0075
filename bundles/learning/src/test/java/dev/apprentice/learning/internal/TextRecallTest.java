package dev.apprentice.learning.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.apprentice.model.Recall.Foretold;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TextRecallTest {
    private static final float[] UNKNOWN = new float[0];
    private static final double SURE = 0.5;

    private static TextRecall recall(TextIndex words, double strength) {
        StateIndex none = new StateIndex(TestPlatform.KERNELS);
        return new TextRecall(words, none.new Search(0), new StateKeys(4), new RecallWeights(strength, 0));
    }

    private static TextIndex counting(int from, int to) {
        TextIndex index = new TextIndex(64);
        index.endText();
        IntStream.range(from, to).forEach(index::add);
        return index;
    }

    @Test
    void foretellsWhatFollowedAndTheSurerTheLongerItHolds() {
        TextRecall recall = recall(counting(0, 40), 1);
        double last = 0;
        recall.read(0, 1);
        assertThat(recall.next(UNKNOWN, SURE)).isEmpty();
        for (int token = 2; token < 15; token++) {
            recall.read(token);
            Foretold foretold = recall.next(UNKNOWN, SURE).orElseThrow();
            assertThat(foretold.tokens()).containsExactly(token + 1);
            assertThat(foretold.shares()).containsExactly(1);
            assertThat(foretold.weight()).isGreaterThan(last);
            last = foretold.weight();
        }
        assertThat(last).isBetween(0.25, 0.98);
    }

    @Test
    void countsForLessWhereItWasWrongOfLate() {
        TextRecall right = recall(counting(0, 40), 1);
        TextRecall wrong = recall(counting(0, 40), 1);
        for (int i = 0; i < 10; i++) {
            right.read(1, 2, 3, 4);
            wrong.read(1, 2, 3, 1000 + i);
        }
        right.read(500, 20, 21, 22);
        wrong.read(500, 20, 21, 22);

        assertThat(wrong.next(UNKNOWN, SURE).orElseThrow().tokens())
                .isEqualTo(right.next(UNKNOWN, SURE).orElseThrow().tokens())
                .containsExactly(23);
        assertThat(wrong.next(UNKNOWN, SURE).orElseThrow().weight())
                .isLessThan(right.next(UNKNOWN, SURE).orElseThrow().weight() / 2);
    }

    @Test
    void countsForLessWhereTheModelIsSure() {
        TextRecall recall = recall(counting(0, 40), 1);
        recall.read(1, 2, 3, 4, 5, 6);

        assertThat(recall.next(UNKNOWN, 0.1).orElseThrow().weight())
                .isGreaterThan(recall.next(UNKNOWN, 0.9).orElseThrow().weight());
    }

    @Test
    void recallsTheTextAtHandToo() {
        TextRecall recall = recall(new TextIndex(0), 1);
        recall.read(5, 6, 7, 8, 9, 5, 6, 7);

        assertThat(recall.next(UNKNOWN, SURE).orElseThrow().tokens()).containsExactly(8);
    }

    @Test
    void whatTheModelWroteIsFollowedButNotRecalled() {
        TextRecall read = recall(new TextIndex(0), 1);
        TextRecall wrote = recall(new TextIndex(0), 1);
        read.read(5, 6, 7, 8, 20, 21, 22, 23, 20, 21, 22);
        wrote.read(5, 6, 7, 8);
        IntStream.of(20, 21, 22, 23, 20, 21, 22).forEach(wrote::wrote);
        assertThat(read.next(UNKNOWN, SURE).orElseThrow().tokens()).containsExactly(23);
        assertThat(wrote.next(UNKNOWN, SURE)).isEmpty();

        IntStream.of(5, 6, 7).forEach(wrote::wrote);
        assertThat(wrote.next(UNKNOWN, SURE).orElseThrow().tokens()).containsExactly(8);
    }

    @Test
    void theStrengthScalesItsWeightAndNoneSilencesIt() {
        TextRecall full = recall(counting(0, 40), 1);
        TextRecall half = recall(counting(0, 40), 0.5);
        TextRecall none = recall(counting(0, 40), 0);
        full.read(1, 2, 3, 4);
        half.read(1, 2, 3, 4);
        none.read(1, 2, 3, 4);

        assertThat(half.next(UNKNOWN, SURE).orElseThrow().weight())
                .isEqualTo(full.next(UNKNOWN, SURE).orElseThrow().weight() / 2);
        assertThat(none.next(UNKNOWN, SURE)).isEmpty();
    }
}
