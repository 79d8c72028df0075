package dev.apprentice.llm.internal;

import dev.apprentice.model.ModelException;
import java.util.List;

/** Lets text through up to the first stop string, holding back what may be the beginning of one. */
final class StopFilter {
    private final List<String> stops;
    private String held = "";
    private boolean stopped;

    StopFilter(List<String> stops) {
        if (stops.contains("")) {
            throw new ModelException(
                    ModelException.Code.BAD_REQUEST,
                    "A stop string is empty, which would stop before the first token: leave it out");
        }
        this.stops = stops;
    }

    /** The text that may be shown now. */
    String add(String text) {
        String all = held + text;
        int stop = stops.stream()
                .mapToInt(all::indexOf)
                .filter(at -> at >= 0)
                .min()
                .orElse(-1);
        if (stop >= 0) {
            stopped = true;
            held = "";
            return all.substring(0, stop);
        }
        int safe = all.length();
        for (String candidate : stops) {
            safe = Math.min(safe, all.length() - overlap(all, candidate));
        }
        held = all.substring(safe);
        return all.substring(0, safe);
    }

    /** Whether a stop string was met. */
    boolean stopped() {
        return stopped;
    }

    /** What was held back when nothing more comes. */
    String finish() {
        String rest = held;
        held = "";
        return rest;
    }

    /** Length of the longest end of the text that begins the stop string. */
    private static int overlap(String text, String stop) {
        int length = Math.min(text.length(), stop.length() - 1);
        while (!text.regionMatches(text.length() - length, stop, 0, length)) {
            length--;
        }
        return length;
    }
}
