package dev.apprentice.model;

import java.util.List;
import java.util.OptionalInt;

/**
 * What to generate.
 *
 * @param prompt token ids, at least one
 * @param maxTokens how many tokens to generate at the most, at least 1
 * @param stops strings that end the answer and are not part of it
 * @param alternatives how many of the likeliest tokens to report beside each chosen one, 0 to {@link #MOST_ALTERNATIVES}; if empty,
 *     pieces report no tokens at all
 */
@SuppressWarnings("ArrayRecordComponent") // copied on the way in, and read by the model alone
public record GenerationRequest(
        int[] prompt, int maxTokens, Sampling sampling, List<String> stops, OptionalInt alternatives, AnswerForm form) {
    public static final int MOST_ALTERNATIVES = 20;

    public GenerationRequest {
        prompt = prompt.clone();
        stops = List.copyOf(stops);
        if (prompt.length == 0) {
            throw bad("The prompt is empty: send at least one token");
        }
        if (maxTokens < 1) {
            throw bad("max_tokens is " + maxTokens + ", but must be 1 or more: change the request");
        }
        if (alternatives.orElse(0) < 0 || alternatives.orElse(0) > MOST_ALTERNATIVES) {
            throw bad("top_logprobs is " + alternatives.getAsInt() + ", but must be 0 to " + MOST_ALTERNATIVES
                    + ": change the request");
        }
    }

    /** Any text, and no report of its tokens. */
    public GenerationRequest(int[] prompt, int maxTokens, Sampling sampling, List<String> stops) {
        this(prompt, maxTokens, sampling, stops, OptionalInt.empty(), AnswerForm.FREE);
    }

    /** The same with another seed. */
    public GenerationRequest withSeed(long seed) {
        return new GenerationRequest(prompt, maxTokens, sampling.withSeed(seed), stops, alternatives, form);
    }

    private static ModelException bad(String message) {
        return new ModelException(ModelException.Code.BAD_REQUEST, message);
    }
}
