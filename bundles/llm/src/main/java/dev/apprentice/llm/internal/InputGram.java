package dev.apprentice.llm.internal;

import dev.apprentice.compute.Kernels;
import dev.apprentice.compute.Tensor;
import java.lang.foreign.Arena;

/**
 * What a linear layer's inputs are like: the mean of x xᵀ over the tokens seen. With E the error of a weight, the trace of E·gram·Eᵀ is
 * the mean squared error of the layer's output.
 *
 * @param gram (inputs, inputs), symmetric
 */
record InputGram(Tensor gram) {
    static InputGram allocate(Arena arena, int inputs) {
        return new InputGram(Tensor.allocate(arena, inputs, inputs));
    }

    /** Adds inputs (n, inputs), which are n of {@code all} tokens. */
    void add(Kernels kernels, Tensor inputs, int all) {
        kernels.outerProductAdd(inputs, inputs, 1f / all, gram);
    }

    int inputs() {
        return gram.columns();
    }

    /** The mean square of each input. */
    float[] squares() {
        float[] squares = new float[inputs()];
        for (int i = 0; i < squares.length; i++) {
            squares[i] = gram.get(i, i);
        }
        return squares;
    }

    /** The mean square of each input once it is divided by its scale. */
    float[] squaresAfter(float[] scales) {
        float[] squares = squares();
        for (int i = 0; i < squares.length; i++) {
            squares[i] /= scales[i] * scales[i];
        }
        return squares;
    }
}
