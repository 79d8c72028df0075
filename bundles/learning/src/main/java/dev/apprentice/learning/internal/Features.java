package dev.apprentice.learning.internal;

import dev.apprentice.learning.Experience;
import dev.apprentice.model.Tokenizer;
import java.util.Arrays;
import java.util.function.IntPredicate;

/** What the outlier detector sees of an experience: a few numbers about its answer, none of them the text itself. */
final class Features {
    private Features() {}

    /** Logarithm of the length, nats, shares of kinds of characters, share of different tokens, mean length of tokens and lines. */
    static float[] of(Experience experience, double nats, Tokenizer tokenizer) {
        String text = experience.answer();
        int[] tokens = tokenizer.encode(text);
        double distinct = Arrays.stream(tokens).distinct().count();
        return new float[] {
            (float) Math.log1p(text.length()),
            (float) nats,
            share(text, Character::isDigit),
            share(text, Character::isUpperCase),
            share(text, Character::isWhitespace),
            share(text, character -> character > 127),
            share(text, character -> !Character.isLetterOrDigit(character) && !Character.isWhitespace(character)),
            (float) (distinct / Math.max(1, tokens.length)),
            (float) text.length() / Math.max(1, tokens.length),
            (float) Math.log1p(text.length() / (double) Math.max(1, text.lines().count()))
        };
    }

    private static float share(String text, IntPredicate kind) {
        return (float) text.chars().filter(kind).count() / Math.max(1, text.length());
    }
}
