package dev.apprentice.launcher.bench;

import java.util.List;

/**
 * How long changes of the shelf took, medians over all rounds, and what comes before an install.
 *
 * @param skillBytes size of the skill's jar
 * @param rounds how often each change was made
 * @param market how long it takes to find a skill among very many
 */
public record InstallReport(int skillBytes, int rounds, List<Row> rows, MarketReport market) {
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
