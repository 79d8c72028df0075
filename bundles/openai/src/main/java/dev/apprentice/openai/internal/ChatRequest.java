package dev.apprentice.openai.internal;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.apprentice.model.ChatMessage;
import dev.apprentice.skill.SkillPrompt;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Body of {@code POST /v1/chat/completions}. For a model without a chat template, and for skills, messages become a plain dialogue that
 * is continued up to the next turn.
 */
record ChatRequest(
        @Nullable String model,
        @Nullable List<Message> messages,
        @JsonProperty("max_completion_tokens") @Nullable Integer maxCompletionTokens,
        @Nullable Boolean logprobs,
        @JsonProperty("top_logprobs") @Nullable Integer topLogprobs,
        @Nullable JsonNode tools,
        @JsonUnwrapped AskFields fields) {

    Question question() {
        Requests.unsupported(tools != null && !tools.isEmpty(), "tools", "leave it out");
        List<String> asked = Requests.strings(fields.stop(), "stop");
        return new Question(
                new SkillPrompt(dialogue(), ""),
                turns().stream()
                        .map(turn -> new ChatMessage(turn.ownRole(), turn.text()))
                        .toList(),
                "",
                maxCompletionTokens == null ? fields.maxTokens() : maxCompletionTokens,
                asked == null ? List.of() : asked,
                alternatives(),
                fields);
    }

    private OptionalInt alternatives() {
        if (Boolean.TRUE.equals(logprobs)) {
            return OptionalInt.of(Objects.requireNonNullElse(topLogprobs, 0));
        }
        if (topLogprobs != null && topLogprobs != 0) {
            throw Requests.bad("top_logprobs is given without logprobs: send \"logprobs\": true as well");
        }
        return OptionalInt.empty();
    }

    private List<Message> turns() {
        if (messages == null || messages.isEmpty()) {
            throw Requests.bad("messages is empty: send at least one message");
        }
        return messages;
    }

    private String dialogue() {
        StringBuilder text = new StringBuilder();
        for (Message message : turns()) {
            text.append(message.speaker()).append(": ").append(message.text()).append('\n');
        }
        return text.append("Assistant:").toString();
    }

    /** One turn. */
    record Message(@Nullable String role, @Nullable JsonNode content) {
        String speaker() {
            return switch (Requests.required(role, "role of a message")) {
                case "system", "developer" -> "System";
                case "user" -> "User";
                case "assistant" -> "Assistant";
                default -> throw Requests.bad("role " + role + " is unknown: send system, user or assistant");
            };
        }

        /** As templates call it. */
        String ownRole() {
            return speaker().toLowerCase(Locale.ROOT);
        }

        String text() {
            if (content != null && content.isString()) {
                return content.asString();
            }
            if (content == null || !content.isArray()) {
                throw Requests.bad("content of a message must be text: send a string or parts of type text");
            }
            StringBuilder text = new StringBuilder();
            for (JsonNode part : content) {
                if (!part.path("type").asString("").equals("text")) {
                    throw Requests.bad("content of a message has a part that is not text: leave it out");
                }
                text.append(part.path("text").asString(""));
            }
            return text.toString();
        }
    }
}
