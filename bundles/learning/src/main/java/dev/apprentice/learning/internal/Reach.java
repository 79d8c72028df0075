package dev.apprentice.learning.internal;

/**
 * How far a memory reaches, and how much it counts.
 *
 * @param words the last experience that is recalled word for word; 0 for none
 * @param states the last experience that is recalled by the states of the model in it; 0 for none
 * @param reliance what is added to the scores of {@link RecallWeights}, as {@link Reliance} learns it
 */
record Reach(long words, long states, double reliance) {
    static final Reach NOTHING = new Reach(0, 0, 0);

    Reach relying(double changed) {
        return new Reach(words, states, changed);
    }
}
