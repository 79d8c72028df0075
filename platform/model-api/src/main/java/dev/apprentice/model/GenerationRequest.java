package dev.apprentice.model;

import java.util.List;

/**
 * What to generate.
 *
 * @param prompt token ids, at least one
 * @param maxTokens how many tokens to generate at the most, at least 1
 * @param stops strings that end the answer and are not part of it
 */
public record GenerationRequest(int[] prompt, int maxTokens, Sampling sampling, List<String> stops) {
    public GenerationRequest {
        prompt = prompt.clone();
        stops = List.copyOf(stops);
        if (prompt.length == 0) {
            throw new ModelException(ModelException.Code.BAD_REQUEST, "The prompt is empty: send at least one token");
        }
        if (maxTokens < 1) {
            throw new ModelException(
                    ModelException.Code.BAD_REQUEST,
                    "max_tokens is " + maxTokens + ", but must be 1 or more: change the request");
        }
    }
}
