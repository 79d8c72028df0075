package dev.apprentice.openai.internal;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.apprentice.model.GenerationEvent.Finished;
import dev.apprentice.model.GenerationEvent.Piece;
import dev.apprentice.model.Tokenizer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Answers of {@code /v1/completions}; chunks of a stream are of the same object type. */
final class CompletionFormat implements AnswerFormat {
    private final Tokenizer tokenizer;

    CompletionFormat(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    @Override
    public String idPrefix() {
        return "cmpl-";
    }

    @Override
    public Object whole(AnswerHead head, List<Answer> answers, Provenance provenance) {
        List<Choice> choices = answers.stream()
                .map(answer -> new Choice(
                        answer.index(),
                        answer.text(),
                        CompletionLogprobs.of(answer.tokens(), 0, tokenizer),
                        AnswerFormat.reason(answer.finished())))
                .toList();
        TokenUsage usage = TokenUsage.of(answers.stream().map(Answer::finished).toList());
        return new Completion(head, choices, usage, provenance);
    }

    @Override
    public @Nullable Object opening(AnswerHead head, int index) {
        return null;
    }

    @Override
    public Object piece(AnswerHead head, int index, Piece piece, int offset) {
        CompletionLogprobs logprobs = CompletionLogprobs.of(piece.tokens(), offset, tokenizer);
        return new Completion(head, List.of(new Choice(index, piece.text(), logprobs, null)), null, null);
    }

    @Override
    public Object closing(AnswerHead head, int index, Finished finished, Provenance provenance) {
        return new Completion(
                head, List.of(new Choice(index, "", null, AnswerFormat.reason(finished))), null, provenance);
    }

    @Override
    public Object usage(AnswerHead head, TokenUsage usage) {
        return new Completion(head, List.of(), usage, null);
    }

    private record Completion(
            String id,
            String object,
            long created,
            String model,
            List<Choice> choices,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            TokenUsage usage,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Provenance apprentice) {
        Completion(AnswerHead head, List<Choice> choices, @Nullable TokenUsage usage, @Nullable Provenance apprentice) {
            this(head.id(), "text_completion", head.created(), head.model(), choices, usage, apprentice);
        }
    }

    private record Choice(
            int index,
            String text,
            @Nullable CompletionLogprobs logprobs,
            @JsonProperty("finish_reason") @Nullable String finishReason) {}
}
