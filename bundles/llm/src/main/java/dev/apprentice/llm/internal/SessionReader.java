package dev.apprentice.llm.internal;

import dev.apprentice.compute.Tensor;

/** Reads with a session of its own. */
record SessionReader(Transformer transformer, Weights weights, Session session) implements Generation.Reader {
    @Override
    public int prompt(int[] tokens, Tensor logits) {
        Tensor hidden = session.read(tokens);
        transformer.head(weights, hidden.rows(tokens.length - 1, 1), logits);
        return 0;
    }

    @Override
    public void next(int token, Tensor logits) {
        transformer.head(weights, session.read(new int[] {token}), logits);
    }

    @Override
    public int room() {
        return transformer.config().context() - session.length();
    }
}
