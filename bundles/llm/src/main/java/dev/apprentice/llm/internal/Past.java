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

    /** A sequence that begins with the tokens at hand, as training has it. */
    record Beginning(Transformer transformer, KeyValues keyValues) implements Past {
        @Override
        public Tensor keys() {
            return keyValues.keys();
        }

        @Override
        public Tensor values() {
            return keyValues.values();
        }

        @Override
        public void rotate(Tensor x) {
            transformer.rotate(0, x);
        }

        @Override
        public void attend(Tensor query, Tensor out) {
            transformer
                    .kernels()
                    .attention(transformer.config().attention(), 0, query, keyValues.keys(), keyValues.values(), out);
        }
    }
}
