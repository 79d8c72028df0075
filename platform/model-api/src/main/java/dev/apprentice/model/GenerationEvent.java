package dev.apprentice.model;

/** What happens while an answer is generated. */
public sealed interface GenerationEvent {

    /**
     * A piece of text; it may be the work of several tokens, as bytes become whole characters and stop strings are held back.
     *
     * @param logProbability natural logarithm of the probability of the piece's last token before sampling filters
     */
    record Piece(String text, double logProbability) implements GenerationEvent {}

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

    /** Token counts and the mean time of a generated token after the first, in milliseconds (0 if there is none). */
    record Usage(int promptTokens, int completionTokens, double millisPerToken) {}

    /** What made an answer. The adapter digest is empty if no adapter took part. */
    record Provenance(String baseDigest, String adapterDigest, long seed) {}
}
