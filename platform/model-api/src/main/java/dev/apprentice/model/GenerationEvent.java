package dev.apprentice.model;

import java.util.List;

/** What happens while an answer is generated. */
public sealed interface GenerationEvent {

    /**
     * A piece of text; it may be the work of several tokens, as bytes become whole characters and stop strings are held back.
     *
     * @param tokens those that began since the last piece, if the request asks for them; the last piece of an answer may have no text
     */
    record Piece(String text, List<ScoredToken> tokens) implements GenerationEvent {
        public Piece {
            tokens = List.copyOf(tokens);
        }
    }

    /** The end of an answer. */
    record Finished(FinishReason reason, Usage usage, Provenance provenance) implements GenerationEvent {}

    /** Why generation ended. */
    enum FinishReason {
        /** End of text or a stop string. */
        STOP,
        /** The token limit or the context was reached. */
        LENGTH,
        /** The sink asked to. */
        CANCELLED
    }

    /**
     * Token counts and time.
     *
     * @param cachedTokens how many tokens of the prompt were read for an earlier request
     * @param millisPerToken mean time of a generated token after the first, 0 if there is none
     */
    record Usage(int promptTokens, int cachedTokens, int completionTokens, double millisPerToken) {}

    /** What made an answer. The adapter digest is empty if no adapter took part. */
    record Provenance(String baseDigest, String adapterDigest, long seed) {}
}
