package dev.apprentice.llm.internal;

import dev.apprentice.compute.Tensor;
import dev.apprentice.model.Recall;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * One model at several sparsities, to be measured beside each other.
 *
 * @param percents the neurons that thresholds were calibrated to leave out, in hundredths; the first is 0
 * @param measured the part of them that is left out on the held-out texts, in the same order
 */
record SparseLevels(LlamaModel model, List<Integer> percents, List<LlamaModel> models, List<Double> measured) {
    private static final List<Integer> PERCENTS = List.of(0, 25, 50, 70, 90);

    static SparseLevels of(LlamaModel model, GateQuantiles gates, List<int[]> heldOut) {
        Sparsity copies = Sparsity.of(model, gates, 0);
        List<LlamaModel> models = PERCENTS.stream()
                .map(percent -> percent == 0 ? model : model.with(copies.at(gates, percent)))
                .toList();
        return new SparseLevels(model, PERCENTS, models, measure(model, gates, heldOut));
    }

    /** Which part of all neurons has gates below the thresholds. */
    private static List<Double> measure(LlamaModel model, GateQuantiles gates, List<int[]> texts) {
        long[] below = new long[PERCENTS.size()];
        long[] all = new long[1];
        List<Network.Block> blocks = model.baseNetwork().blocks();
        try (Arena arena = Arena.ofShared();
                CalibrationPass pass = new CalibrationPass(model.transformer(), model.weights(), texts, arena)) {
            for (int layer = 0; layer < blocks.size(); layer++) {
                int at = layer;
                pass.showGates(blocks.get(layer), rows -> all[0] += count(rows, gates, at, below));
                pass.advance(blocks.get(layer));
            }
        }
        List<Double> parts = new ArrayList<>();
        for (long count : below) {
            parts.add((double) count / all[0]);
        }
        return parts;
    }

    /** Counts gates (n, feedForward) below each threshold of a layer, and says how many there are. */
    private static long count(Tensor rows, GateQuantiles gates, int layer, long[] below) {
        long elements = (long) rows.rows() * rows.columns();
        for (long i = 0; i < elements; i++) {
            double gate = rows.data().getAtIndex(ValueLayout.JAVA_FLOAT, i);
            double size = Math.abs(gate / (1 + Math.exp(-gate)));
            for (int level = 0; level < below.length; level++) {
                below[level] += size < gates.threshold(layer, PERCENTS.get(level)) ? 1 : 0;
            }
        }
        return elements;
    }

    /** Perplexity of texts at a level, every token foretold as a generation would with what its gates leave. */
    double perplexity(int level, List<int[]> texts) {
        LlamaModel at = models.get(level);
        double nats = 0;
        long tokens = 0;
        for (int[] text : texts) {
            float[] values = at.scoreBy(at.steps(null), Recall.NONE, text, 1).nats();
            nats += IntStream.range(0, values.length)
                    .mapToDouble(i -> values[i])
                    .sum();
            tokens += values.length;
        }
        return Math.exp(nats / tokens);
    }
}
