package dev.apprentice.openai.internal;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.apprentice.model.ScoredToken;
import dev.apprentice.model.Tokenizer;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** How likely the tokens of a chat's answer were. */
record ChatLogprobs(List<Token> content) {
    /**
     * One token.
     *
     * @param bytes of the token, since it need not be whole characters
     * @param topLogprobs absent for one of the likeliest beside a token
     */
    record Token(
            String token,
            double logprob,
            List<Integer> bytes,

            @JsonInclude(JsonInclude.Include.NON_NULL) @JsonProperty("top_logprobs") @Nullable
            List<Token> topLogprobs) {}

    static @Nullable ChatLogprobs of(List<ScoredToken> tokens, Tokenizer tokenizer) {
        if (tokens.isEmpty()) {
            return null;
        }
        return new ChatLogprobs(tokens.stream()
                .map(token -> token(
                        token,
                        tokenizer,
                        token.alternatives().stream()
                                .map(other -> token(other, tokenizer, null))
                                .toList()))
                .toList());
    }

    private static Token token(ScoredToken scored, Tokenizer tokenizer, @Nullable List<Token> alternatives) {
        byte[] bytes = tokenizer.bytes(scored.id());
        return new Token(
                tokenizer.decode(new int[] {scored.id()}),
                scored.logProbability(),
                IntStream.range(0, bytes.length).mapToObj(i -> bytes[i] & 0xff).toList(),
                alternatives);
    }
}
