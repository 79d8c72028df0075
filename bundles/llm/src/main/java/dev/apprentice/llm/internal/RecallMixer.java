package dev.apprentice.llm.internal;

import dev.apprentice.compute.Kernels;
import dev.apprentice.compute.Tensor;
import dev.apprentice.model.Recall;
import dev.apprentice.model.Recall.Foretold;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Mixes what is recalled into logits. With p the model's distribution, q the recalled one and w its weight, softmax(l′) is to be
 * (1−w)·p + w·q. As softmax does not mind a constant, only tokens with q &gt; 0 move: l′ = l + ln(1 + w·q / ((1−w)·p)).
 */
final class RecallMixer {
    private final Recall recall;
    private final Kernels kernels;

    RecallMixer(Recall recall, Kernels kernels) {
        this.recall = recall;
        this.kernels = kernels;
    }

    void read(int... tokens) {
        recall.read(tokens);
    }

    void wrote(int token) {
        recall.wrote(token);
    }

    /** Notes the states (n, width) of the text's tokens {@code from}, …, from+n−1, so far as another token follows. */
    void seen(int[] text, int from, Tensor states) {
        if (recall != Recall.NONE) {
            for (int i = 0; i < states.rows() && from + i + 1 < text.length; i++) {
                recall.seen(text[from + i], row(states, i), text[from + i + 1]);
            }
        }
    }

    /** Reads tokens, and mixes into each row of logits (n, vocabulary) what is recalled after that token, whose state it is (n, width). */
    void mix(int[] tokens, Tensor states, Tensor logits) {
        for (int i = 0; i < tokens.length; i++) {
            recall.read(tokens[i]);
            mix(new StepResult(states.rows(i, 1), logits.rows(i, 1)));
        }
    }

    /** Mixes into a step's logits what is recalled after all that was read. */
    void mix(StepResult step) {
        if (recall != Recall.NONE) {
            Outlook outlook = outlook(step.logits());
            recall.next(row(step.state(), 0), outlook.surest())
                    .ifPresent(foretold -> mix(foretold, step.logits(), outlook.logSum()));
        }
    }

    private static float[] row(Tensor states, int index) {
        return states.rows(index, 1).data().toArray(ValueLayout.JAVA_FLOAT);
    }

    private static void mix(Foretold foretold, Tensor logits, double logSum) {
        MemorySegment row = logits.data();
        for (int i = 0; i < foretold.tokens().length; i++) {
            int token = foretold.tokens()[i];
            float logit = row.getAtIndex(ValueLayout.JAVA_FLOAT, token);
            double added = foretold.weight() * foretold.shares()[i] / (1 - foretold.weight());
            // ln(p + added) − ln(p) would divide by a p of 0
            double mixed = logSum + Math.log(Math.exp(logit - logSum) + added);
            row.setAtIndex(ValueLayout.JAVA_FLOAT, token, (float) mixed);
        }
    }

    /**
     * What logits say in all.
     *
     * @param logSum ln Σ exp(l)
     * @param surest probability of the likeliest token
     */
    private record Outlook(double logSum, double surest) {}

    private Outlook outlook(Tensor logits) {
        float[] nats = new float[1];
        int[] best = new int[1];
        kernels.score(logits, new int[] {0}, nats, best);
        MemorySegment row = logits.data();
        double logSum = row.getAtIndex(ValueLayout.JAVA_FLOAT, 0) + nats[0];
        return new Outlook(logSum, Math.exp(row.getAtIndex(ValueLayout.JAVA_FLOAT, best[0]) - logSum));
    }
}
