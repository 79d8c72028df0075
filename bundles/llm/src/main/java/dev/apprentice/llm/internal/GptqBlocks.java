package dev.apprentice.llm.internal;

import dev.apprentice.model.ModelException;
import java.lang.foreign.Arena;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** Quantises a block by {@link Gptq}; layers with the same inputs share what is computed of them. */
record GptqBlocks(FourBitLayout layout) implements BlockQuantizer {
    /** For a model of this shape; refused if the heap is too small for its widest layer. */
    static GptqBlocks of(FourBitLayout layout, ModelConfig config) {
        int widest = Math.max(
                config.feedForward(),
                Math.max(config.width(), config.attention().queryWidth()));
        Runtime java = Runtime.getRuntime();
        long free = java.maxMemory() - java.totalMemory() + java.freeMemory();
        if (Gptq.heapBytes(widest) > free) {
            throw new ModelException(
                    ModelException.Code.BAD_REQUEST,
                    "GPTQ of layers with " + widest + " inputs needs " + (Gptq.heapBytes(widest) >> 20)
                            + " MiB of heap, but only " + (free >> 20)
                            + " MiB are free: give Java more (APPRENTICE_JAVA_OPTIONS=-Xmx…), or quantise by awq");
        }
        return new GptqBlocks(layout);
    }

    @Override
    public Weights.Layer quantise(Weights.Layer block, CalibrationPass.Inputs inputs, Arena arena) {
        Map<InputGram, Gptq> prepared = new IdentityHashMap<>();
        Map<String, Weights.Linear> linear = new LinkedHashMap<>();
        block.linear().forEach((target, layer) -> {
            Gptq gptq = prepared.computeIfAbsent(inputs.of(target), gram -> new Gptq(layout, gram));
            linear.put(target, new Weights.Linear(gptq.quantise(layer.weight(), arena), layer.bias()));
        });
        return new Weights.Layer(block.attentionNorm(), block.feedForwardNorm(), block.headNorms(), linear);
    }
}
