package dev.apprentice.llm.internal;

import dev.apprentice.compute.Tensor;

/** What the tokens at hand look back on in one layer, and where their own keys and values go. */
interface Past {
    /** Room for the keys of the tokens at hand (n, keyValueHeads·headDim). */
    Tensor keys();

    /** Room for their values, likewise. */
    Tensor values();

    /** Turns every head of x (n, any number of heads·headDim) by the position of its token. */
    void rotate(Tensor x);

    /** Attention of the tokens at hand, whose keys and values are filled in; query and out (n, heads·headDim). */
    void attend(Tensor query, Tensor out);
}
