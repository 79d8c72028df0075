package dev.apprentice.llm.internal;

import dev.apprentice.compute.Kernels;
import dev.apprentice.compute.Tensor;
import dev.apprentice.model.TrainingSample;
import dev.apprentice.model.TrainingSample.Objective;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a pass whose predictions count for one objective, and their way through the head: it is wide, and logits are the largest
 * activations of all, so some rows go at a time.
 */
final class LossRows {
    private final Transformer transformer;
    private final Kernels kernels;
    private final Weights weights;
    private final EndGradients ends;
    private final List<Packing.Span> spans;
    private final int count;
    private final int headRows;

    /** @param spans of samples with this objective */
    LossRows(Transformer transformer, Weights weights, EndGradients ends, List<Packing.Span> spans, int headRows) {
        this.transformer = transformer;
        this.kernels = transformer.kernels();
        this.weights = weights;
        this.ends = ends;
        this.spans = spans;
        this.headRows = headRows;
        this.count = spans.stream().mapToInt(LossRows::counted).sum();
    }

    private static int counted(Packing.Span span) {
        return span.count() - span.weighted().sample().from();
    }

    /**
     * Hidden states of the base alone.
     *
     * @param spans of the same samples, in the same order, as they lie in them
     * @param hidden (rows of these spans, width), before the final norm
     */
    record Teacher(List<Packing.Span> spans, Tensor hidden) {}

    /** Turns the logits (rows, vocabulary) of counted rows into their gradient. */
    private interface Loss {
        void apply(int from, Tensor logits, float[] weights, float[] losses);
    }

    /**
     * Adds the gradients of the losses for the hidden states.
     *
     * @param hidden (n, width), before the final norm
     * @param teacher null where the text itself is the teacher
     * @param losses receives the mean loss of each span
     */
    void run(
            Tensor hidden,
            @Nullable Teacher teacher,
            GradientSink sink,
            Tensor dHidden,
            double[] losses,
            Scratch scratch) {
        Tensor counted = gather(spans, hidden, scratch);
        Tensor normed = normed(counted, scratch);
        Tensor dNormed = scratch.tensor(count, counted.columns());
        dNormed.clear();
        float[] rowLosses = head(normed, loss(teacher, scratch), rowWeights(sink), dNormed, scratch);
        ends.finalNorm(counted, transformer.config().epsilon(), dNormed);
        Tensor dCounted = normed; // read for the last time
        dCounted.clear();
        kernels.rmsNormBackward(
                counted, weights.finalNorm(), transformer.config().epsilon(), dNormed, dCounted);
        int row = 0;
        for (int i = 0; i < spans.size(); i++) {
            Packing.Span span = spans.get(i);
            int own = counted(span);
            kernels.add(
                    dCounted.rows(row, own),
                    span.of(dHidden).rows(span.weighted().sample().from() - 1, own));
            double sum = 0;
            for (int j = row; j < row + own; j++) {
                sum += rowLosses[j];
            }
            losses[i] = sum / own;
            row += own;
        }
    }

    private float[] head(Tensor normed, Loss loss, float[] rowWeights, Tensor dNormed, Scratch scratch) {
        float[] losses = new float[count];
        Tensor logits = logits(scratch);
        for (int from = 0; from < count; from += headRows) {
            int rows = Math.min(headRows, count - from);
            Tensor part = logits.rows(0, rows);
            float[] partLosses = new float[rows];
            transformer.head(weights, normed.rows(from, rows), part);
            loss.apply(from, part, Arrays.copyOfRange(rowWeights, from, from + rows), partLosses);
            ends.head(part, normed.rows(from, rows));
            kernels.multiplyTransposedAdd(weights.head(), part, 1, dNormed.rows(from, rows));
            System.arraycopy(partLosses, 0, losses, from, rows);
        }
        return losses;
    }

    private Loss loss(@Nullable Teacher teacher, Scratch scratch) {
        if (teacher == null) {
            int[] targets = targets();
            return (from, logits, rowWeights, losses) -> kernels.crossEntropy(
                    logits, Arrays.copyOfRange(targets, from, from + losses.length), rowWeights, losses);
        }
        Tensor wanted = normed(gather(teacher.spans(), teacher.hidden(), scratch), scratch);
        Tensor teacherLogits = logits(scratch);
        return (from, logits, rowWeights, losses) -> {
            Tensor part = teacherLogits.rows(0, losses.length);
            transformer.head(weights, wanted.rows(from, losses.length), part);
            kernels.distil(logits, part, rowWeights, losses);
        };
    }

    private Tensor logits(Scratch scratch) {
        return scratch.tensor(Math.min(count, headRows), transformer.config().vocabulary());
    }

    private Tensor normed(Tensor hidden, Scratch scratch) {
        Tensor normed = scratch.tensor(hidden.rows(), hidden.columns());
        transformer.finalNorm(weights, hidden, normed);
        return normed;
    }

    /** The counted rows of spans, together (count, width). */
    private Tensor gather(List<Packing.Span> spans, Tensor rows, Scratch scratch) {
        Tensor together = scratch.tensor(count, rows.columns());
        int row = 0;
        for (Packing.Span span : spans) {
            int own = counted(span);
            Tensor from = span.of(rows).rows(span.weighted().sample().from() - 1, own);
            together.rows(row, own).data().copyFrom(from.data());
            row += own;
        }
        return together;
    }

    private int[] targets() {
        int[] targets = new int[count];
        int row = 0;
        for (Packing.Span span : spans) {
            TrainingSample sample = span.weighted().sample();
            System.arraycopy(sample.tokens(), sample.from(), targets, row, counted(span));
            row += counted(span);
        }
        return targets;
    }

    private float[] rowWeights(GradientSink sink) {
        float[] rowWeights = new float[count];
        int row = 0;
        for (Packing.Span span : spans) {
            int own = counted(span);
            Arrays.fill(rowWeights, row, row + own, (float) (sink.seed(span.weighted()) / own));
            row += own;
        }
        return rowWeights;
    }

    /** The spans of samples with an objective. */
    static List<Packing.Span> of(Packing packing, Objective objective) {
        return packing.spans().stream()
                .filter(span -> span.weighted().sample().objective() == objective)
                .toList();
    }
}
