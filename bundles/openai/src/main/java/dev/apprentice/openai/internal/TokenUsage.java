package dev.apprentice.openai.internal;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.apprentice.model.GenerationEvent.Finished;
import java.util.List;

/** Token counts of a request; the prompt of several answers counts once. */
record TokenUsage(
        @JsonProperty("prompt_tokens") int promptTokens,
        @JsonProperty("completion_tokens") int completionTokens,
        @JsonProperty("total_tokens") int totalTokens,
        @JsonProperty("prompt_tokens_details") PromptDetails promptDetails) {
    /** @param cachedTokens how many tokens of the prompt an earlier request had read */
    record PromptDetails(@JsonProperty("cached_tokens") int cachedTokens) {}

    static TokenUsage of(List<Finished> answers) {
        Finished first = answers.getFirst();
        int prompt = first.usage().promptTokens();
        int completion = answers.stream()
                .mapToInt(finished -> finished.usage().completionTokens())
                .sum();
        return new TokenUsage(
                prompt,
                completion,
                prompt + completion,
                new PromptDetails(first.usage().cachedTokens()));
    }
}
