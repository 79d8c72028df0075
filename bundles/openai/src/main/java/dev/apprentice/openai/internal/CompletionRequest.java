package dev.apprentice.openai.internal;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.apprentice.skill.SkillPrompt;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Body of {@code POST /v1/completions}. With a suffix it asks for what stands between prompt and suffix. */
record CompletionRequest(
        @Nullable String model,
        @Nullable JsonNode prompt,
        @Nullable String suffix,
        @JsonProperty("max_tokens") @Nullable Integer maxTokens,
        @Nullable Double temperature,
        @JsonProperty("top_p") @Nullable Double topP,
        @JsonProperty("top_k") @Nullable Integer topK,
        @JsonProperty("min_p") @Nullable Double minP,
        @JsonProperty("repetition_penalty") @Nullable Double repetitionPenalty,
        @Nullable Long seed,
        @Nullable JsonNode stop,
        @Nullable Boolean stream,
        @JsonProperty("stream_options") Question.@Nullable StreamOptions streamOptions,
        @Nullable JsonNode logprobs,
        @Nullable Integer n,
        @JsonProperty("best_of") @Nullable Integer bestOf,
        @Nullable Boolean echo) {

    Question question() {
        Requests.unsupported(!Requests.isOff(logprobs), "logprobs", "leave it out");
        Requests.unsupported(n != null && n != 1, "n other than 1", "send several requests");
        Requests.unsupported(bestOf != null && bestOf != 1, "best_of other than 1", "send several requests");
        Requests.unsupported(Boolean.TRUE.equals(echo), "echo", "put prompt and answer together yourself");
        return new Question(
                new SkillPrompt(text(), Objects.requireNonNullElse(suffix, "")),
                maxTokens,
                new SamplingFields(temperature, topP, topK, minP, repetitionPenalty, seed),
                Requests.strings(stop, "stop"),
                Boolean.TRUE.equals(stream),
                Question.StreamOptions.usage(streamOptions));
    }

    private String text() {
        JsonNode only = prompt != null && prompt.isArray() && prompt.size() == 1 ? prompt.get(0) : prompt;
        if (only == null || !only.isString()) {
            throw Requests.bad("prompt must be one text: send a string; batches and token ids are not taken");
        }
        return only.asString();
    }
}
