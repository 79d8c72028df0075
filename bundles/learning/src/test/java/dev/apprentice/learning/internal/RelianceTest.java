package dev.apprentice.learning.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.apprentice.model.Recall.Foretold;
import org.junit.jupiter.api.Test;

class RelianceTest {
    private static final int RECALLED = 7;
    private static final int OTHER = 8;
    private static final double MODELS = 0.2; // the model's probability of either

    /** After a stretch that is followed by one token. */
    private static Foretold foretold(double reliance) {
        TextIndex words = new TextIndex(64);
        words.endText();
        for (int token = 0; token <= RECALLED; token++) {
            words.add(token);
        }
        StateIndex none = new StateIndex(TestPlatform.KERNELS);
        TextRecall recall = new TextRecall(words, none.new Search(0), new StateKeys(4), new RecallWeights(1, reliance));
        recall.read(1, 2, 3, 4, 5, 6);
        return recall.next(new float[0], 0.5).orElseThrow();
    }

    /** The probability that the mixture gives a token. */
    private static double mixed(double reliance, int token) {
        Foretold foretold = foretold(reliance);
        return (1 - foretold.weight()) * MODELS + (token == RECALLED ? foretold.weight() : 0);
    }

    private static RecallWorth worth(double reliance, int token) {
        return RecallWorth.of(foretold(reliance), token, mixed(reliance, token));
    }

    @Test
    void theSlopeIsTheDerivativeOfTheLogLikelihood() {
        double step = 1e-5;
        for (int token : new int[] {RECALLED, OTHER}) {
            for (double reliance : new double[] {-1, 0, 0.7}) {
                double difference = Math.log(mixed(reliance + step, token)) - Math.log(mixed(reliance - step, token));
                assertThat(worth(reliance, token).slope()).isCloseTo(difference / (2 * step), within(1e-6));
            }
        }
    }

    /** Where the recalled token comes with some frequency in the user's texts and in general text. */
    private static double settled(double personal, double general) {
        double reliance = 0;
        for (int cycle = 0; cycle < 1000; cycle++) {
            reliance = Reliance.after(reliance, expected(reliance, personal), expected(reliance, general));
        }
        return reliance;
    }

    private static RecallWorth expected(double reliance, double frequency) {
        RecallWorth right = worth(reliance, RECALLED);
        RecallWorth wrong = worth(reliance, OTHER);
        return new RecallWorth(
                frequency * right.slope() + (1 - frequency) * wrong.slope(),
                frequency * right.squares() + (1 - frequency) * wrong.squares(),
                1);
    }

    @Test
    void settlesWhereTextIsLikeliest() {
        double frequency = MODELS + (1 - MODELS) * foretold(0.4).weight();
        assertThat(settled(frequency, frequency)).isCloseTo(0.4, within(1e-3));
    }

    @Test
    void generalTextHoldsItBack() {
        double frequency = MODELS + (1 - MODELS) * foretold(0.4).weight();
        assertThat(settled(frequency, MODELS)).isLessThan(settled(frequency, frequency) - 0.1);
    }

    @Test
    void staysWithinALogitAndAsItIsWhereNothingIsRecalled() {
        assertThat(settled(0, 0)).isEqualTo(-1);
        assertThat(Reliance.after(0.3, RecallWorth.NONE, RecallWorth.NONE)).isEqualTo(0.3);
    }
}
