package dev.apprentice.launcher;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/** One live line on standard error: a bar for long work and, for cycles, the curve so far. */
public final class ProgressLine implements AutoCloseable {
    private static final int BAR = 24;
    private static final int CURVE = 32;
    private static final String LEVELS = "▁▂▃▄▅▆▇█";
    private static final long REDRAW_NANOS = 100_000_000;

    private final PrintStream out = System.err;
    private final boolean terminal =
            System.console() != null && System.console().isTerminal();
    private final List<Double> curve = new ArrayList<>();
    private long drawn;
    private String stage = "";
    private boolean open;

    /** Shows an event of the API's long calls. */
    public void event(String name, JsonNode data) {
        if (name.equals("cycle")) {
            curve.add(data.path("validation").path("personal").path("after").asDouble());
            if (data.path("outcome").asString().equals("DISCARDED")) {
                finish();
                out.println("cycle " + curve.size() + " discarded: "
                        + data.path("reason").asString());
            }
        } else if (name.equals("progress")) {
            show(
                    data.path("stage").asString(),
                    data.path("done").asLong(),
                    data.path("total").asLong(),
                    data.path("detail").asString(""));
        }
    }

    /** Shows how far a stage has come. */
    public void show(String newStage, long done, long total) {
        show(newStage, done, total, "");
    }

    private void show(String newStage, long done, long total, String detail) {
        long now = System.nanoTime();
        boolean changed = !newStage.equals(stage);
        if (!terminal) {
            // not a terminal: one line per stage, so that logs stay readable
            if (changed) {
                out.println(newStage + " …");
            }
            stage = newStage;
            return;
        }
        if (!changed && done < total && now - drawn < REDRAW_NANOS) {
            return;
        }
        drawn = now;
        stage = newStage;
        open = true;
        int filled = total <= 0 ? 0 : (int) (BAR * Math.min(done, total) / total);
        out.printf(
                Locale.ROOT,
                "\r\u001b[K%-28s %s%s %d/%d %s%s",
                newStage,
                "━".repeat(filled),
                "╌".repeat(BAR - filled),
                done,
                total,
                sparkline(curve),
                detail);
        out.flush();
    }

    /** The last values as a row of blocks, the lowest value the lowest block. */
    static String sparkline(List<Double> values) {
        List<Double> last = values.subList(Math.max(0, values.size() - CURVE), values.size());
        double low = last.stream().mapToDouble(Double::doubleValue).min().orElse(0);
        double high = last.stream().mapToDouble(Double::doubleValue).max().orElse(0);
        StringBuilder line = new StringBuilder();
        for (double value : last) {
            double height = high == low ? 0 : (value - low) / (high - low);
            line.append(LEVELS.charAt((int) Math.round(height * (LEVELS.length() - 1))));
        }
        return line.toString();
    }

    /** Ends the line, so that other output may follow. */
    public void finish() {
        if (open) {
            out.println();
            open = false;
        }
        stage = "";
    }

    @Override
    public void close() {
        finish();
    }
}
