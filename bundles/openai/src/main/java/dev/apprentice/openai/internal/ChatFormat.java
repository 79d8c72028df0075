package dev.apprentice.openai.internal;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.apprentice.model.GenerationEvent.Finished;
import dev.apprentice.model.GenerationEvent.Piece;
import dev.apprentice.model.Tokenizer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Answers of {@code /v1/chat/completions}. */
final class ChatFormat implements AnswerFormat {
    private static final String CHUNK = "chat.completion.chunk";

    private final Tokenizer tokenizer;

    ChatFormat(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    @Override
    public String idPrefix() {
        return "chatcmpl-";
    }

    @Override
    public Object whole(AnswerHead head, List<Answer> answers, Provenance provenance) {
        List<Choice> choices = answers.stream()
                .map(answer -> new Choice(
                        answer.index(),
                        new Message("assistant", answer.text()),
                        null,
                        ChatLogprobs.of(answer.tokens(), tokenizer),
                        AnswerFormat.reason(answer.finished())))
                .toList();
        TokenUsage usage = TokenUsage.of(answers.stream().map(Answer::finished).toList());
        return new Chat(head, "chat.completion", choices, usage, provenance);
    }

    @Override
    public Object opening(AnswerHead head, int index) {
        return chunk(head, new Choice(index, null, new Message("assistant", ""), null, null), null);
    }

    @Override
    public Object piece(AnswerHead head, int index, Piece piece, int offset) {
        Message delta = new Message(null, piece.text());
        return chunk(head, new Choice(index, null, delta, ChatLogprobs.of(piece.tokens(), tokenizer), null), null);
    }

    @Override
    public Object closing(AnswerHead head, int index, Finished finished, Provenance provenance) {
        Message nothing = new Message(null, null);
        return chunk(head, new Choice(index, null, nothing, null, AnswerFormat.reason(finished)), provenance);
    }

    @Override
    public Object usage(AnswerHead head, TokenUsage usage) {
        return new Chat(head, CHUNK, List.of(), usage, null);
    }

    private static Chat chunk(AnswerHead head, Choice choice, @Nullable Provenance provenance) {
        return new Chat(head, CHUNK, List.of(choice), null, provenance);
    }

    private record Chat(
            String id,
            String object,
            long created,
            String model,
            List<Choice> choices,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            TokenUsage usage,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Provenance apprentice) {
        Chat(
                AnswerHead head,
                String object,
                List<Choice> choices,
                @Nullable TokenUsage usage,
                @Nullable Provenance apprentice) {
            this(head.id(), object, head.created(), head.model(), choices, usage, apprentice);
        }
    }

    private record Choice(
            int index,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Message message,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Message delta,

            @Nullable ChatLogprobs logprobs,
            @JsonProperty("finish_reason") @Nullable String finishReason) {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    private record Message(@Nullable String role, @Nullable String content) {}
}
