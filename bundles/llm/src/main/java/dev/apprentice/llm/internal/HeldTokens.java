package dev.apprentice.llm.internal;

import dev.apprentice.model.ScoredToken;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Keeps the scores of tokens back until their text is shown. */
final class HeldTokens {
    private final Deque<Held> held = new ArrayDeque<>();
    private int decoded;
    private int shown;

    /** @param start how many characters of the answer come before its text */
    private record Held(ScoredToken token, int start) {}

    /** Takes a token, and how many characters it has completed. */
    void add(ScoredToken token, int characters) {
        held.add(new Held(token, decoded));
        decoded += characters;
    }

    /** The tokens whose text begins within the next characters to be shown. */
    List<ScoredToken> release(int characters) {
        shown += characters;
        List<ScoredToken> released = new ArrayList<>();
        while (!held.isEmpty() && held.peek().start() < shown) {
            released.add(held.remove().token());
        }
        return released;
    }

    /** All that are left. */
    List<ScoredToken> rest() {
        return release(Integer.MAX_VALUE - shown);
    }
}
