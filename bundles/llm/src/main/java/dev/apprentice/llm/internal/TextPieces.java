package dev.apprentice.llm.internal;

import dev.apprentice.model.ModelException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A text cut into pieces that a model reads one at a time, each of at least two tokens. */
record TextPieces(List<int[]> pieces) {
    private static final int LENGTH = 512;

    /**
     * Cuts a text.
     *
     * @param what names it in messages
     * @param fewest tokens that it must have
     * @param most tokens of it that are used, from its beginning
     */
    static TextPieces of(String what, String text, LlamaModel model, int fewest, int most) {
        int[] tokens = model.tokenizer().encode(text);
        if (tokens.length < fewest) {
            throw new ModelException(
                    ModelException.Code.BAD_REQUEST,
                    what + " has " + tokens.length + " tokens, too few to go by: give at least " + fewest);
        }
        int used = Math.min(tokens.length, most);
        int length = Math.min(LENGTH, model.info().contextLength());
        List<int[]> pieces = new ArrayList<>();
        for (int from = 0; from + 1 < used; from += length) {
            pieces.add(Arrays.copyOfRange(tokens, from, Math.min(from + length, used)));
        }
        return new TextPieces(List.copyOf(pieces));
    }

    /** Number of tokens. */
    int tokens() {
        return pieces.stream().mapToInt(piece -> piece.length).sum();
    }

    /** Number of tokens that are foretold: all but the first of each piece. */
    int foretold() {
        return tokens() - pieces.size();
    }
}
