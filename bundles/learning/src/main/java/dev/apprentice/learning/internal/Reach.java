package dev.apprentice.learning.internal;

/**
 * How far a memory reaches.
 *
 * @param words the last experience that is recalled word for word; 0 for none
 * @param states the last experience that is recalled by the states of the model in it; 0 for none
 */
record Reach(long words, long states) {
    static final Reach NOTHING = new Reach(0, 0);
}
