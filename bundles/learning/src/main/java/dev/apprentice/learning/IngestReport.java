package dev.apprentice.learning;

/**
 * What was taken in.
 *
 * @param order what gave the order of time: {@code git} or {@code file time}
 * @param skipped files left out because they are binary, too large or not UTF-8
 */
public record IngestReport(
        String order,
        int files,
        int skipped,
        int learnFiles,
        int heldOutFiles,
        long learnTokens,
        long heldOutTokens,
        int experiences) {}
