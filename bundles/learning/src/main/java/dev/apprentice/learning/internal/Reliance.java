package dev.apprentice.learning.internal;

/**
 * How much a skill lets recall count. {@link RecallWeights} were fitted on libraries; the code of one user repeats itself more, that of
 * another less. So a constant beside them follows its likeliest value on the user's own texts and, with more weight, on general text, by
 * a part of a Newton step in each cycle.
 */
final class Reliance {
    private static final double MOST = 1; // in logits, either way
    private static final double RATE = 0.05; // so that single texts of the gate move it little
    private static final double GENERAL = 3; // harm to other text is worse than a gain forgone
    private static final double RIDGE = 0.01; // where hardly anything is recalled, little is known

    private Reliance() {}

    /**
     * What follows a reliance under which recall was worth so much.
     *
     * @param personal in the user's own texts
     * @param general in general text
     */
    static double after(double reliance, RecallWorth personal, RecallWorth general) {
        double slope = personal.meanSlope() + GENERAL * general.meanSlope();
        double curvature = personal.meanSquare() + GENERAL * general.meanSquare() + RIDGE;
        return Math.clamp(reliance + RATE * slope / curvature, -MOST, MOST);
    }
}
