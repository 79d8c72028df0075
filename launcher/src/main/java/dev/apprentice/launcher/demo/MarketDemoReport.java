package dev.apprentice.launcher.demo;

import java.util.List;

/** What the demo of a marketplace did; printed as JSON by {@code market demo --json}. */
public record MarketDemoReport(int publishers, int skills, List<Step> steps, double seconds) {
    public MarketDemoReport {
        steps = List.copyOf(steps);
    }

    /**
     * One step, whose outcome was checked.
     *
     * @param outcome what was seen
     */
    public record Step(String name, String outcome, double seconds) {}
}
