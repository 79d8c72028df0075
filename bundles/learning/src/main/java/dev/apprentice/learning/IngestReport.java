package dev.apprentice.learning;

/**
 * What was taken in.
 *
 * @param order what gave the order of time: {@code git} or {@code file time}
 * @param skipped files left out because they are binary, too large, not UTF-8 or not committed
 * @param learnFiles files of the earlier part
 * @param heldOutFiles files of which lines or all belong to the later part
 */
public record IngestReport(
        String order,
        int skipped,
        int learnFiles,
        int heldOutFiles,
        long learnTokens,
        long heldOutTokens,
        int experiences) {}
