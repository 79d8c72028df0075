package dev.apprentice.openai.internal;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.apprentice.model.GenerationEvent.FinishReason;
import dev.apprentice.model.GenerationEvent.Finished;
import org.jspecify.annotations.Nullable;

/** How answers of one kind look as JSON. */
interface AnswerFormat {
    String idPrefix();

    Object whole(AnswerHead head, String text, Finished finished, Provenance expected);

    /** What a stream begins with; null if it begins with text. */
    @Nullable
    Object opening(AnswerHead head);

    Object piece(AnswerHead head, String text);

    Object closing(AnswerHead head, Finished finished, Provenance expected);

    /** The chunk after the last, for clients that asked for usage. */
    Object usage(AnswerHead head, Finished finished);

    static String reason(Finished finished) {
        return finished.reason() == FinishReason.LENGTH ? "length" : "stop";
    }

    /** Token counts. */
    record Usage(
            @JsonProperty("prompt_tokens") int promptTokens,
            @JsonProperty("completion_tokens") int completionTokens,
            @JsonProperty("total_tokens") int totalTokens) {
        static Usage of(Finished finished) {
            int prompt = finished.usage().promptTokens();
            int completion = finished.usage().completionTokens();
            return new Usage(prompt, completion, prompt + completion);
        }
    }
}
