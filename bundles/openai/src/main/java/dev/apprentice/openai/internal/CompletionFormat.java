package dev.apprentice.openai.internal;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.apprentice.model.GenerationEvent.Finished;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Answers of {@code /v1/completions}; chunks of a stream are of the same object type. */
final class CompletionFormat implements AnswerFormat {
    @Override
    public String idPrefix() {
        return "cmpl-";
    }

    @Override
    public Object whole(AnswerHead head, String text, Finished finished, Provenance expected) {
        return new Completion(
                head,
                List.of(new Choice(0, text, null, AnswerFormat.reason(finished))),
                Usage.of(finished),
                expected.confirmed(finished.provenance()));
    }

    @Override
    public @Nullable Object opening(AnswerHead head) {
        return null;
    }

    @Override
    public Object piece(AnswerHead head, String text) {
        return new Completion(head, List.of(new Choice(0, text, null, null)), null, null);
    }

    @Override
    public Object closing(AnswerHead head, Finished finished, Provenance expected) {
        return new Completion(
                head,
                List.of(new Choice(0, "", null, AnswerFormat.reason(finished))),
                null,
                expected.confirmed(finished.provenance()));
    }

    @Override
    public Object usage(AnswerHead head, Finished finished) {
        return new Completion(head, List.of(), Usage.of(finished), null);
    }

    private record Completion(
            String id,
            String object,
            long created,
            String model,
            List<Choice> choices,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Usage usage,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Provenance apprentice) {
        Completion(AnswerHead head, List<Choice> choices, @Nullable Usage usage, @Nullable Provenance apprentice) {
            this(head.id(), "text_completion", head.created(), head.model(), choices, usage, apprentice);
        }
    }

    private record Choice(
            int index,
            String text,
            @Nullable Object logprobs,
            @JsonProperty("finish_reason") @Nullable String finishReason) {}
}
