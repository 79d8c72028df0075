package dev.apprentice.learning.internal;

/** The mean of a value of late, in which each counts for a twentieth less than the next. */
final class RecentMean {
    private static final double DECAY = 0.95;
    private static final double EXPECTED_COUNT = 2; // values that the expected one stands for

    private double sum;
    private double count = EXPECTED_COUNT;

    /** @param expected what it is before any is known */
    RecentMean(double expected) {
        this.sum = EXPECTED_COUNT * expected;
    }

    void add(double value) {
        sum = DECAY * sum + value;
        count = DECAY * count + 1;
    }

    /** Adds 1 for a hit, so that the mean is the rate of them. */
    void add(boolean hit) {
        add(hit ? 1.0 : 0.0);
    }

    double value() {
        return sum / count;
    }
}
