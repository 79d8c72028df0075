package dev.apprentice.learning.internal;

/** How often something was right of late. */
final class HitRate {
    private static final double DECAY = 0.95; // of what is remembered: some 20 times

    private double right = 1;
    private double tried = 2;

    void note(boolean hit) {
        right = DECAY * right + (hit ? 1 : 0);
        tried = DECAY * tried + 1;
    }

    /** As a fraction; a half at first. */
    double value() {
        return right / tried;
    }
}
