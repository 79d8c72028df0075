package dev.apprentice.openai.internal;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.apprentice.skill.SkillPrompt;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Body of {@code POST /v1/completions}. With a suffix it asks for what stands between prompt and suffix. */
record CompletionRequest(
        @Nullable String model,
        @Nullable JsonNode prompt,
        @Nullable String suffix,
        @Nullable Integer logprobs,
        @JsonProperty("best_of") @Nullable Integer bestOf,
        @Nullable Boolean echo,
        @JsonUnwrapped AskFields fields) {

    Question question() {
        Requests.unsupported(bestOf != null && bestOf != 1, "best_of other than 1", "send n instead");
        boolean echoes = Boolean.TRUE.equals(echo);
        Requests.unsupported(echoes && logprobs != null, "echo together with logprobs", "leave one of them out");
        return new Question(
                new SkillPrompt(text(), Objects.requireNonNullElse(suffix, "")),
                List.of(),
                echoes ? text() : "",
                fields.maxTokens(),
                Requests.strings(fields.stop(), "stop"),
                logprobs == null ? OptionalInt.empty() : OptionalInt.of(logprobs),
                fields);
    }

    private String text() {
        JsonNode only = prompt != null && prompt.isArray() && prompt.size() == 1 ? prompt.get(0) : prompt;
        if (only == null || !only.isString()) {
            throw Requests.bad("prompt must be one text: send a string; batches and token ids are not taken");
        }
        return only.asString();
    }
}
