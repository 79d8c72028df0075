package dev.apprentice.openai.internal;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.apprentice.model.ScoredToken;
import dev.apprentice.model.Tokenizer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How likely the tokens of a completion were, in the older shape.
 *
 * @param textOffset where each token begins in the answer, in characters
 */
record CompletionLogprobs(
        List<String> tokens,
        @JsonProperty("token_logprobs") List<Double> tokenLogprobs,
        @JsonProperty("top_logprobs") List<Map<String, Double>> topLogprobs,
        @JsonProperty("text_offset") List<Integer> textOffset) {

    static @Nullable CompletionLogprobs of(List<ScoredToken> tokens, int offset, Tokenizer tokenizer) {
        if (tokens.isEmpty()) {
            return null;
        }
        CompletionLogprobs result =
                new CompletionLogprobs(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        int at = offset;
        for (ScoredToken token : tokens) {
            String text = text(token, tokenizer);
            result.tokens.add(text);
            result.tokenLogprobs.add(token.logProbability());
            Map<String, Double> likeliest = new LinkedHashMap<>();
            token.alternatives().forEach(other -> likeliest.put(text(other, tokenizer), other.logProbability()));
            result.topLogprobs.add(likeliest);
            result.textOffset.add(at);
            at += text.length();
        }
        return result;
    }

    private static String text(ScoredToken token, Tokenizer tokenizer) {
        return tokenizer.decode(new int[] {token.id()});
    }
}
