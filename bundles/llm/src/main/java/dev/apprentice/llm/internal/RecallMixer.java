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

    /** Reads tokens, and mixes into each row of logits (tokens, vocabulary) what is recalled after that token. */
    void mix(int[] tokens, Tensor logits) {
        for (int i = 0; i < tokens.length; i++) {
            recall.read(tokens[i]);
            mix(logits.rows(i, 1));
        }
    }

    /** Mixes into logits (1, vocabulary) what is recalled after all that was read. */
    void mix(Tensor logits) {
        recall.next().ifPresent(foretold -> mix(foretold, logits));
    }

    private void mix(Foretold foretold, Tensor logits) {
        MemorySegment row = logits.data();
        double logSum = logSum(foretold.tokens()[0], logits);
        for (int i = 0; i < foretold.tokens().length; i++) {
            int token = foretold.tokens()[i];
            float logit = row.getAtIndex(ValueLayout.JAVA_FLOAT, token);
            double added = foretold.weight() * foretold.shares()[i] / (1 - foretold.weight());
            // ln(p + added) − ln(p) would divide by a p of 0
            double mixed = logSum + Math.log(Math.exp(logit - logSum) + added);
            row.setAtIndex(ValueLayout.JAVA_FLOAT, token, (float) mixed);
        }
    }

    /** ln Σ exp(l), from a token's own logit and its −ln p. */
    private double logSum(int token, Tensor logits) {
        float[] nats = new float[1];
        kernels.score(logits, new int[] {token}, nats, new int[1]);
        return logits.data().getAtIndex(ValueLayout.JAVA_FLOAT, token) + nats[0];
    }
}
