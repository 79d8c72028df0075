package dev.apprentice.llm.internal;

import dev.apprentice.compute.Tensor;
import dev.apprentice.model.Sampling;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.BitSet;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/** Chooses tokens as {@link Sampling} says. Equal seeds and logits give equal choices. */
final class Sampler {
    private final Sampling sampling;
    private final RandomGenerator random;
    private final BitSet seen = new BitSet();
    private final int[] chosen; // times each token was chosen
    private final float[] logits;
    private final long[] order;
    private final double[] probabilities;

    Sampler(Sampling sampling, int vocabulary) {
        this.sampling = sampling;
        this.random = new SplittableRandom(sampling.seed());
        this.chosen = new int[vocabulary];
        this.logits = new float[vocabulary];
        this.order = new long[vocabulary];
        this.probabilities = new double[vocabulary];
    }

    /** Notes the tokens of the prompt, which count for the penalty of repetition only. */
    void see(int... tokens) {
        for (int token : tokens) {
            seen.set(token);
        }
    }

    /** Notes a token of the answer, which counts for every penalty. */
    void note(int token) {
        seen.set(token);
        chosen[token]++;
    }

    /** The next token, given logits (1, vocabulary). */
    int choose(Tensor row) {
        return choose(row, Constraint.NONE, 1);
    }

    /**
     * The next token among those that a constraint allows.
     *
     * @param left how many tokens the answer may still get
     */
    int choose(Tensor row, Constraint constraint, int left) {
        MemorySegment.copy(row.data(), ValueLayout.JAVA_FLOAT, 0, logits, 0, logits.length);
        penalise();
        sampling.logitBias().forEach((token, bias) -> logits[token] += bias.floatValue());
        constraint.mask(logits, left);
        if (sampling.temperature() == 0) {
            return likeliest();
        }
        return sampling.topK() == 0 && sampling.topP() == 1 ? drawFromAll() : drawFromLikeliest();
    }

    private void penalise() {
        float repetition = (float) sampling.penalties().repetition();
        float presence = (float) sampling.penalties().presence();
        float frequency = (float) sampling.penalties().frequency();
        if (repetition == 1 && presence == 0 && frequency == 0) {
            return;
        }
        for (int token = seen.nextSetBit(0); token >= 0; token = seen.nextSetBit(token + 1)) {
            float repeated = logits[token] > 0 ? logits[token] / repetition : logits[token] * repetition;
            logits[token] = repeated - (chosen[token] > 0 ? presence : 0) - chosen[token] * frequency;
        }
    }

    private int likeliest() {
        int best = 0;
        for (int token = 1; token < logits.length; token++) {
            best = logits[token] > logits[best] ? token : best;
        }
        return best;
    }

    /** Needs no order: nothing is cut off but what is below min-p. */
    private int drawFromAll() {
        float largest = logits[likeliest()];
        double total = 0;
        for (int token = 0; token < logits.length; token++) {
            double probability = Math.exp((logits[token] - largest) / sampling.temperature());
            probabilities[token] = probability < sampling.minP() ? 0 : probability;
            total += probabilities[token];
        }
        return draw(logits.length, total);
    }

    private int drawFromLikeliest() {
        sortByLogit();
        int kept = sampling.topK() == 0 ? logits.length : Math.min(sampling.topK(), logits.length);
        double sum = exponentiate(kept);
        kept = topP(kept, sum);
        kept = minP(kept);
        double total = 0;
        for (int i = 0; i < kept; i++) {
            total += probabilities[i];
        }
        return token(draw(kept, total));
    }

    /** A place among the first probabilities, by their shares of the total; never one of probability 0. */
    private int draw(int kept, double total) {
        double left = random.nextDouble() * total;
        int last = 0;
        for (int i = 0; i < kept; i++) {
            if (probabilities[i] > 0) {
                last = i;
                left -= probabilities[i];
                if (left < 0) {
                    return i;
                }
            }
        }
        return last;
    }

    /** Orders tokens by falling logit, then rising id: the key's upper half falls as the logit rises. */
    private void sortByLogit() {
        for (int token = 0; token < order.length; token++) {
            int bits = Float.floatToIntBits(logits[token]);
            int rising = bits ^ (bits >> 31 & 0x7fff_ffff);
            order[token] = (long) ~rising << 32 | token;
        }
        Arrays.sort(order);
    }

    private int token(int place) {
        return (int) order[place];
    }

    /** Fills in exp((logit − largest)/temperature) and returns the sum. */
    private double exponentiate(int kept) {
        double sum = 0;
        for (int i = 0; i < kept; i++) {
            probabilities[i] = Math.exp((logits[token(i)] - logits[token(0)]) / sampling.temperature());
            sum += probabilities[i];
        }
        return sum;
    }

    private int topP(int kept, double sum) {
        double reached = 0;
        for (int i = 0; i < kept && sampling.topP() < 1; i++) {
            reached += probabilities[i];
            if (reached >= sampling.topP() * sum) {
                return i + 1;
            }
        }
        return kept;
    }

    private int minP(int kept) {
        int left = kept;
        while (left > 1 && probabilities[left - 1] < sampling.minP() * probabilities[0]) {
            left--;
        }
        return left;
    }
}
