package dev.apprentice.learning.internal;

import dev.apprentice.learning.Experience;
import dev.apprentice.model.Tokenizer;
import dev.apprentice.model.TrainingSample;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Turns texts into token sequences. */
final class Samples {
    private final Tokenizer tokenizer;
    private final int longest;

    /** @param longest tokens of the longest sequence */
    Samples(Tokenizer tokenizer, int longest) {
        this.tokenizer = tokenizer;
        this.longest = longest;
    }

    /**
     * An experience as one sequence in which only the answer counts. Both parts are encoded as one text, as tokens may span the seam.
     * What is too long loses the oldest part of the prompt first, then the end of the answer.
     */
    TrainingSample of(Experience experience) {
        int[] tokens = tokenizer.encode(experience.prompt() + experience.answer());
        int from = commonPrefix(tokens, tokenizer.encode(experience.prompt()));
        if (from == 0) {
            tokens = withStart(tokens);
            from = 1;
        }
        int cut = Math.clamp(tokens.length - longest, 0, from - 1);
        int[] kept = Arrays.copyOfRange(tokens, cut, Math.min(tokens.length, cut + longest));
        return new TrainingSample(kept, from - cut, TrainingSample.Objective.NEXT_TOKEN);
    }

    private static int commonPrefix(int[] one, int[] other) {
        int mismatch = Arrays.mismatch(one, other);
        return mismatch < 0 ? one.length - 1 : mismatch;
    }

    private int[] withStart(int[] tokens) {
        int[] started = new int[tokens.length + 1];
        started[0] = tokenizer.endOfText();
        System.arraycopy(tokens, 0, started, 1, tokens.length);
        return started;
    }

    /** Packs short texts into sequences of the full length, each text begun by the end-of-text token; a short rest is a sequence too. */
    List<int[]> pack(List<String> texts) {
        List<int[]> sequences = new ArrayList<>();
        int[] open = new int[longest];
        int length = 0;
        for (String text : texts) {
            for (int token : withStart(tokenizer.encode(text))) {
                open[length++] = token;
                if (length == longest) {
                    sequences.add(open.clone());
                    length = 0;
                }
            }
        }
        if (length > 1) {
            sequences.add(Arrays.copyOf(open, length));
        }
        return sequences;
    }
}
