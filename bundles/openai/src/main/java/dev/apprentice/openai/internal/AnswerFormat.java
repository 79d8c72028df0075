package dev.apprentice.openai.internal;

import dev.apprentice.model.GenerationEvent.FinishReason;
import dev.apprentice.model.GenerationEvent.Finished;
import dev.apprentice.model.GenerationEvent.Piece;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How answers of one kind look as JSON. */
interface AnswerFormat {
    String idPrefix();

    Object whole(AnswerHead head, List<Answer> answers, Provenance provenance);

    /** What the answer of a stream begins with; null if it begins with text. */
    @Nullable
    Object opening(AnswerHead head, int index);

    /**
     * A chunk with text.
     *
     * @param offset how many characters of the answer come before this piece
     */
    Object piece(AnswerHead head, int index, Piece piece, int offset);

    Object closing(AnswerHead head, int index, Finished finished, Provenance provenance);

    /** The chunk after the last, for clients that asked for usage. */
    Object usage(AnswerHead head, TokenUsage usage);

    static String reason(Finished finished) {
        return finished.reason() == FinishReason.LENGTH ? "length" : "stop";
    }
}
