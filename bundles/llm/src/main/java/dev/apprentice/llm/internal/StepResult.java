package dev.apprentice.llm.internal;

import dev.apprentice.compute.Tensor;
import java.lang.foreign.Arena;

/**
 * What a network says after a token.
 *
 * @param state the hidden state after the final norm (1, width)
 * @param logits of what follows (1, vocabulary)
 */
record StepResult(Tensor state, Tensor logits) {
    static StepResult allocate(Arena arena, ModelConfig config) {
        return new StepResult(
                Tensor.allocate(arena, 1, config.width()), Tensor.allocate(arena, 1, config.vocabulary()));
    }

    /** Takes over a state (1, width) and works out its logits. */
    void set(Transformer transformer, Weights weights, Tensor hidden) {
        state.data().copyFrom(hidden.data());
        transformer.head(weights, hidden, logits);
    }

    /** Takes over the state of one row, and its logits. */
    void set(Tensor hidden, Tensor head) {
        state.data().copyFrom(hidden.data());
        logits.data().copyFrom(head.data());
    }
}
