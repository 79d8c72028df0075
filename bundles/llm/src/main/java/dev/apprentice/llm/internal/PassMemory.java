package dev.apprentice.llm.internal;

import dev.apprentice.model.ModelException;
import dev.apprentice.model.TrainingBudget;
import dev.apprentice.model.TrainingPlan;
import dev.apprentice.model.TrainingPlan.Activations;
import java.util.Collection;
import java.util.List;
import java.util.stream.IntStream;

/** What a pass of training takes in memory, term by term as it is allocated, and the fastest plan within a budget. */
record PassMemory(ModelConfig config, Collection<AdapterSlot> slots, long parameters, Teacher teacher, int mostTokens) {
    /** More tokens a pass do not make the products faster. */
    private static final int MOST_TOKENS = 512;

    /** The gradient of all weights is read and written once a pass: more tokens share that, but fall out of the cache. */
    private static final int MOST_TOKENS_OF_ALL_WEIGHTS = 1024;

    private static final int[] HEAD_ROWS = {256, 128, 64, 32, 16};

    /** Blocks of scratch memory are rounded, and kernels have buffers of their own. */
    static final long SLACK = 4 << 20;

    /** Whether the base runs beside, to say what is to be kept. */
    enum Teacher {
        NONE,
        BASE
    }

    /** Over a frozen base. */
    static PassMemory ofAdapter(ModelConfig config, AdapterLayout layout) {
        // the room for one sample's gradient of a tensor, and the row scales of DoRA
        long scales = layout.slots().stream()
                .filter(AdapterSlot.Decomposed.class::isInstance)
                .mapToLong(slot -> 8L * config.linearShape(slot.target())[0])
                .sum();
        long parameters = layout.bytes() + 4L * layout.largestPart() + scales;
        return new PassMemory(config, layout.slots(), parameters, Teacher.BASE, MOST_TOKENS);
    }

    /** Of a model that is trained as a whole; its weights and their gradient come on top. */
    static PassMemory ofAllWeights(ModelConfig config) {
        return new PassMemory(config, List.of(), 0, Teacher.NONE, MOST_TOKENS_OF_ALL_WEIGHTS);
    }

    /**
     * Kept activations if they fit, else computed a second time; then the most rows of logits; then the most tokens a pass.
     *
     * @param longest tokens that one sample may have
     */
    TrainingPlan plan(TrainingBudget budget, int longest) {
        for (Activations activations : Activations.values()) {
            for (int headRows : HEAD_ROWS) {
                if (bytes(activations, longest, headRows) <= budget.bytes()) {
                    int tokens = longest;
                    while (2 * tokens <= mostTokens && bytes(activations, 2 * tokens, headRows) <= budget.bytes()) {
                        tokens *= 2;
                    }
                    return new TrainingPlan(
                            activations, tokens, headRows, bytes(activations, tokens, headRows), budget);
                }
            }
        }
        long least = bytes(Activations.RECOMPUTED, longest, HEAD_ROWS[HEAD_ROWS.length - 1]);
        throw new ModelException(
                ModelException.Code.BAD_REQUEST,
                "Training on samples of " + longest + " tokens takes at least " + mebibytes(least)
                        + " MiB beside the weights, but the budget is " + mebibytes(budget.bytes())
                        + " MiB: give it "
                        + mebibytes(least - budget.bytes()) + " MiB more, or shorter samples");
    }

    /** Bytes of a pass of n tokens, all of which may count. */
    long bytes(Activations activations, int n, int headRows) {
        long width = config.width();
        long inputs = switch (activations) {
            case KEPT -> width;
            case RECOMPUTED -> (config.layers() + 1) * width;
        };
        long blocks = switch (activations) {
            case KEPT ->
                IntStream.range(0, config.layers()).mapToLong(this::block).sum();
            case RECOMPUTED ->
                IntStream.range(0, config.layers()).mapToLong(this::block).max().orElse(0);
        };
        long beside = switch (teacher) {
            case NONE -> 0;
            case BASE -> plainBlock() + width + 2 * width; // its block, what it gave, and that normed
        };
        long loss = 3 * width + width; // counted, normed, their gradient; that of the output
        long logits = 2L * Math.min(n, headRows) * config.vocabulary();
        return 4 * (n * (inputs + blocks + beside + loss + backward()) + logits) + parameters + SLACK;
    }

    private long backward() {
        long width = config.width();
        long query = config.attention().queryWidth();
        long widest = Math.max(Math.max(width, config.feedForward()), query);
        return width
                + 2 * query
                + 2L * config.attention().keyValueWidth()
                + 3L * config.feedForward()
                + widest
                + slots.stream().mapToLong(PassMemory::rank).max().orElse(0);
    }

    private long block(int layer) {
        return plainBlock()
                + slots.stream()
                        .filter(slot -> slot.layer() == layer)
                        .mapToLong(this::beside)
                        .sum();
    }

    /** Floats a token that a block computes without an adapter. */
    private long plainBlock() {
        long query = config.attention().queryWidth();
        long keyValue = config.attention().keyValueWidth();
        long projected = switch (config.architecture().headNorm()) {
            case NONE -> 0;
            case RMS -> query + keyValue;
        };
        return 4L * config.width() + 2 * query + 2 * keyValue + 3L * config.feedForward() + projected;
    }

    private long beside(AdapterSlot slot) {
        int outputs = config.linearShape(slot.target())[0];
        int inputs = config.linearShape(slot.target())[1];
        return switch (slot) {
            case AdapterSlot.LowRank _ -> rank(slot);
            case AdapterSlot.Decomposed _ -> rank(slot) + outputs;
            case AdapterSlot.ScaledOutput _ -> outputs;
            case AdapterSlot.ScaledInput _ -> inputs;
        };
    }

    private static long rank(AdapterSlot slot) {
        return switch (slot) {
            case AdapterSlot.LowRank lora -> lora.a().shape().getFirst();
            case AdapterSlot.Decomposed dora -> dora.a().shape().getFirst();
            case AdapterSlot.ScaledOutput _, AdapterSlot.ScaledInput _ -> 0;
        };
    }

    private static long mebibytes(long bytes) {
        return Math.ceilDiv(bytes, 1L << 20);
    }
}
