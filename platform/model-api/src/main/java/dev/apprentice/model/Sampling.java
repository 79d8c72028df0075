package dev.apprentice.model;

import java.util.Map;

/**
 * How the next token is chosen. Applied in the order penalties, logit bias, temperature, top-k, top-p, min-p.
 *
 * @param temperature 0 means greedy
 * @param topK keep the k likeliest; 0 keeps all
 * @param topP keep the smallest set whose probability reaches p (arXiv 1904.09751); 1 keeps all
 * @param minP drop what is less likely than minP times the likeliest (arXiv 2407.01082); 0 keeps all
 * @param logitBias added to the logits of tokens, by id, each −100 to 100
 * @param seed same seed, same machine, same text
 */
public record Sampling(
        double temperature,
        int topK,
        double topP,
        double minP,
        Penalties penalties,
        Map<Integer, Double> logitBias,
        long seed) {
    public static final Sampling GREEDY = new Sampling(0, 0, 1, 0, 1, 0);

    public Sampling {
        logitBias = Map.copyOf(logitBias);
        require(temperature >= 0 && temperature <= 100, "temperature", temperature, "0 to 100");
        require(topK >= 0, "top_k", topK, "0 or more");
        require(topP > 0 && topP <= 1, "top_p", topP, "above 0, at most 1");
        require(minP >= 0 && minP <= 1, "min_p", minP, "0 to 1");
        logitBias.forEach((token, bias) ->
                require(bias >= -100 && bias <= 100, "logit_bias of token " + token, bias, "-100 to 100"));
    }

    /** Without a logit bias, and with no other penalty than that of repetition. */
    public Sampling(double temperature, int topK, double topP, double minP, double repetitionPenalty, long seed) {
        this(temperature, topK, topP, minP, new Penalties(repetitionPenalty, 0, 0), Map.of(), seed);
    }

    /** The same with another seed. */
    public Sampling withSeed(long other) {
        return new Sampling(temperature, topK, topP, minP, penalties, logitBias, other);
    }

    /**
     * What makes tokens rarer that were there before.
     *
     * @param repetition divides positive and multiplies negative logits of tokens of prompt and answer (arXiv 1909.05858); 1 is none
     * @param presence taken from the logits of tokens of the answer, −2 to 2; 0 is none
     * @param frequency likewise, once for each time that the token was chosen
     */
    public record Penalties(double repetition, double presence, double frequency) {
        public static final Penalties NONE = new Penalties(1, 0, 0);

        public Penalties {
            require(repetition > 0 && repetition <= 10, "repetition_penalty", repetition, "above 0, at most 10");
            require(presence >= -2 && presence <= 2, "presence_penalty", presence, "-2 to 2");
            require(frequency >= -2 && frequency <= 2, "frequency_penalty", frequency, "-2 to 2");
        }
    }

    private static void require(boolean holds, String name, Number value, String range) {
        if (!holds) {
            throw new ModelException(
                    ModelException.Code.BAD_REQUEST,
                    name + " is " + value + ", but must be " + range + ": change the request");
        }
    }
}
