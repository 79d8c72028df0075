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
    private final float[] logits;
    private final long[] order;
    private final double[] probabilities;

    Sampler(Sampling sampling, int vocabulary) {
        this.sampling = sampling;
        this.random = new SplittableRandom(sampling.seed());
        this.logits = new float[vocabulary];
        this.order = new long[vocabulary];
        this.probabilities = new double[vocabulary];
    }

    /** Notes tokens for the repetition penalty. */
    void see(int... tokens) {
        for (int token : tokens) {
            seen.set(token);
        }
    }

    /** The next token, given logits (1, vocabulary). */
    int choose(Tensor row) {
        MemorySegment.copy(row.data(), ValueLayout.JAVA_FLOAT, 0, logits, 0, logits.length);
        penalise();
        return sampling.temperature() == 0 ? likeliest() : draw();
    }

    private void penalise() {
        float penalty = (float) sampling.repetitionPenalty();
        if (penalty == 1) {
            return;
        }
        for (int token = seen.nextSetBit(0); token >= 0; token = seen.nextSetBit(token + 1)) {
            logits[token] = logits[token] > 0 ? logits[token] / penalty : logits[token] * penalty;
        }
    }

    private int likeliest() {
        int best = 0;
        for (int token = 1; token < logits.length; token++) {
            best = logits[token] > logits[best] ? token : best;
        }
        return best;
    }

    private int draw() {
        sortByLogit();
        int kept = sampling.topK() == 0 ? logits.length : Math.min(sampling.topK(), logits.length);
        double sum = exponentiate(kept);
        kept = topP(kept, sum);
        kept = minP(kept);
        double total = 0;
        for (int i = 0; i < kept; i++) {
            total += probabilities[i];
        }
        double left = random.nextDouble() * total;
        for (int i = 0; i < kept - 1; i++) {
            left -= probabilities[i];
            if (left < 0) {
                return token(i);
            }
        }
        return token(kept - 1);
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
