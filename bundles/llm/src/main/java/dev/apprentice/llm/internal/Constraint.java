package dev.apprentice.llm.internal;

/** What an answer may be, token by token. */
interface Constraint {
    /** Any answer. */
    Constraint NONE = new Constraint() {
        @Override
        public void mask(float[] logits, int left) {}

        @Override
        public void take(int token) {}

        @Override
        public boolean complete() {
            return false;
        }
    };

    /**
     * Gives every token that must not come next the logit −∞.
     *
     * @param left how many tokens the answer may still get, this one included
     */
    void mask(float[] logits, int left);

    /** Notes the token that came next. */
    void take(int token);

    /** Whether the answer is whole and nothing can follow. */
    boolean complete();
}
