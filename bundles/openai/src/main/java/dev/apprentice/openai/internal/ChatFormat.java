package dev.apprentice.openai.internal;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.apprentice.model.GenerationEvent.Finished;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Answers of {@code /v1/chat/completions}. */
final class ChatFormat implements AnswerFormat {
    private static final String CHUNK = "chat.completion.chunk";

    @Override
    public String idPrefix() {
        return "chatcmpl-";
    }

    @Override
    public Object whole(AnswerHead head, String text, Finished finished, Provenance expected) {
        Choice choice = new Choice(0, new Message("assistant", text), null, null, AnswerFormat.reason(finished));
        return new Chat(
                head,
                "chat.completion",
                List.of(choice),
                Usage.of(finished),
                expected.confirmed(finished.provenance()));
    }

    @Override
    public Object opening(AnswerHead head) {
        return chunk(head, new Message("assistant", ""));
    }

    @Override
    public Object piece(AnswerHead head, String text) {
        return chunk(head, new Message(null, text));
    }

    private static Chat chunk(AnswerHead head, Message delta) {
        return new Chat(head, CHUNK, List.of(new Choice(0, null, delta, null, null)), null, null);
    }

    @Override
    public Object closing(AnswerHead head, Finished finished, Provenance expected) {
        Choice choice = new Choice(0, null, new Message(null, null), null, AnswerFormat.reason(finished));
        return new Chat(head, CHUNK, List.of(choice), null, expected.confirmed(finished.provenance()));
    }

    @Override
    public Object usage(AnswerHead head, Finished finished) {
        return new Chat(head, CHUNK, List.of(), Usage.of(finished), null);
    }

    private record Chat(
            String id,
            String object,
            long created,
            String model,
            List<Choice> choices,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Usage usage,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Provenance apprentice) {
        Chat(
                AnswerHead head,
                String object,
                List<Choice> choices,
                @Nullable Usage usage,
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

            @Nullable Object logprobs,
            @JsonProperty("finish_reason") @Nullable String finishReason) {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    private record Message(@Nullable String role, @Nullable String content) {}
}
