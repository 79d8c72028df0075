package dev.apprentice.llm.internal;

import dev.apprentice.compute.Tensor;
import dev.apprentice.model.ScoredToken;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/** How likely a model holds tokens, from its logits. */
final class LogProbabilities {
    private LogProbabilities() {}

    /** A token with the likeliest ones beside it, given logits (1, vocabulary). */
    static ScoredToken of(Tensor row, int token, int alternatives) {
        float[] logits = row.data().toArray(ValueLayout.JAVA_FLOAT);
        double logSum = logSum(logits);
        List<ScoredToken> likeliest = new ArrayList<>();
        for (int id : likeliest(logits, Math.min(alternatives, logits.length))) {
            likeliest.add(new ScoredToken(id, logits[id] - logSum, List.of()));
        }
        return new ScoredToken(token, logits[token] - logSum, likeliest);
    }

    private static double logSum(float[] logits) {
        float largest = Float.NEGATIVE_INFINITY;
        for (float logit : logits) {
            largest = Math.max(largest, logit);
        }
        double sum = 0;
        for (float logit : logits) {
            sum += Math.exp(logit - largest);
        }
        return largest + Math.log(sum);
    }

    /** Ids of the largest logits, falling; on a tie the lower id comes first. */
    private static int[] likeliest(float[] logits, int count) {
        int[] ids = new int[count];
        int known = 0;
        for (int id = 0; id < logits.length; id++) {
            int place = known;
            while (place > 0 && logits[id] > logits[ids[place - 1]]) {
                place--;
            }
            if (place < count) {
                known = Math.min(known + 1, count);
                System.arraycopy(ids, place, ids, place + 1, known - place - 1);
                ids[place] = id;
            }
        }
        return ids;
    }
}
