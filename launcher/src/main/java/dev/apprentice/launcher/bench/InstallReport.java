package dev.apprentice.launcher.bench;

import java.util.List;

/**
 * How long changes of the shelf took, medians over all rounds.
 *
 * @param skillBytes size of the skill's jar
 * @param rounds how often each change was made
 */
public record InstallReport(int skillBytes, int rounds, List<Row> rows) {
    public InstallReport {
        rows = List.copyOf(rows);
    }

    /**
     * One kind of change, in milliseconds.
     *
     * @param total from the first byte sent to the answer
     * @param gate of that, probing the adapter and validating what is learned
     * @param besidesGate the rest
     * @param target what the rest should stay below
     */
    public record Row(String change, double total, double gate, double besidesGate, double target) {}
}
