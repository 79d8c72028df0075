package dev.apprentice.llm.internal;

import dev.apprentice.compute.Tensor;
import java.lang.foreign.Arena;
import java.util.Arrays;

/** How far a model's predictions are from those of another with the same vocabulary. */
final class Divergence {
    /** Rows whose logits are held at once. */
    private static final int ROWS = 128;

    private Divergence() {}

    /** KL(original ‖ other) in nats, added up over what follows each token of a text. */
    static double sum(LlamaModel original, LlamaModel other, int[] tokens) {
        double sum = 0;
        try (Session first = new Session(original.transformer(), original.baseNetwork(), tokens.length);
                Session second = new Session(other.transformer(), other.baseNetwork(), tokens.length);
                Arena arena = Arena.ofShared()) {
            Tensor ofFirst = first.read(tokens); // (n, width)
            Tensor ofSecond = second.read(tokens);
            int most = Math.min(ROWS, tokens.length);
            Tensor teacher = Tensor.allocate(arena, most, original.info().vocabulary());
            Tensor student = Tensor.allocate(arena, most, original.info().vocabulary());
            for (int from = 0; from < tokens.length; from += most) {
                int rows = Math.min(most, tokens.length - from);
                original.transformer().head(original.weights(), ofFirst.rows(from, rows), teacher.rows(0, rows));
                other.transformer().head(other.weights(), ofSecond.rows(from, rows), student.rows(0, rows));
                float[] weights = new float[rows];
                Arrays.fill(weights, 1);
                float[] divergences = new float[rows];
                original.transformer()
                        .kernels()
                        .distil(student.rows(0, rows), teacher.rows(0, rows), weights, divergences);
                for (float divergence : divergences) {
                    sum += divergence;
                }
            }
        }
        return sum;
    }
}
