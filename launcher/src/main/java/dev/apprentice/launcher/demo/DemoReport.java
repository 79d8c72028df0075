package dev.apprentice.launcher.demo;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.List;

/** What a demo found; printed as JSON by {@code demo --json}. Rates are fractions of 1. */
public record DemoReport(
        String code,
        Change<Personal> personal,
        Change<Core> core,
        Latency latencyMsPerToken,
        long learningPeakMiB,
        Cycles cycles,
        List<Refusal> refusedInstalls,
        Versions versions,
        double seconds,
        @JsonIgnore List<Double> curve) {

    /** The same measure before and after learning. */
    public record Change<T>(T before, T after) {}

    /**
     * On the held-out part of the user's code.
     *
     * @param lines that were asked for
     */
    public record Personal(double exactMatch, double editSimilarity, double top1, int lines) {}

    /** On the fixed core set. */
    public record Core(double top1, double nats) {}

    /** Of greedy generation, without and with the adapter. */
    public record Latency(double base, double adapted) {}

    /** How the cycles ended. */
    public record Cycles(int run, int committed, int discarded) {}

    /** A file that was rightly refused. */
    public record Refusal(String file, String reason) {}

    /** The version that served after each step. */
    public record Versions(String installed, String updated, String rolledBack) {}
}
