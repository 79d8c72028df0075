package dev.apprentice.learning.internal;

import dev.apprentice.model.LanguageModel;
import dev.apprentice.model.Recall;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A file as it lies open in an editor: what stands before its places, and the model's states in it, made once for all of them. Safe for
 * several threads.
 */
final class TextAtHand {
    private static final int WINDOW = 1024; // tokens that the model reads at once; it foretells those of the later half

    private final LanguageModel model;
    private final int[] tokens; // of the file
    private final List<float[]> states = new ArrayList<>(); // from which token i+1 is foretold

    TextAtHand(LanguageModel model, String text) {
        this.model = model;
        this.tokens = model.tokenizer().encode(text);
    }

    /**
     * Goes through what stands before a place, as much of it as a request may hold.
     *
     * @param before the file's text up to the place
     * @param own of its tokens, the number of last ones whose states recall gets from the model itself
     */
    void readUpTo(String before, int own, Recall recall) {
        if (recall == Recall.NONE) {
            return;
        }
        int[] read = model.tokenizer().encode(before);
        int first = Math.max(0, read.length - model.info().contextLength());
        recall.read(Arrays.copyOfRange(read, first, read.length));
        int mismatch = Arrays.mismatch(read, tokens); // where the text is cut tokens may differ
        int end = Math.min(mismatch < 0 ? read.length : mismatch, read.length - own);
        for (int i = first + 1; i < end; i++) {
            recall.seen(tokens[i - 1], state(i - 1), tokens[i]);
        }
    }

    /** The state after a token. */
    private synchronized float[] state(int index) {
        while (states.size() <= index) {
            readOn();
        }
        return states.get(index);
    }

    private void readOn() {
        int known = states.size();
        int start = Math.max(0, known - WINDOW / 2);
        int[] window = Arrays.copyOfRange(tokens, start, Math.min(tokens.length, start + WINDOW));
        float[] found = model.states(window, known - start + 1);
        int width = model.info().width();
        for (int from = 0; from < found.length; from += width) {
            states.add(Arrays.copyOfRange(found, from, from + width));
        }
    }
}
