package dev.apprentice.model;

/**
 * How the next token is chosen. Filters apply in the order penalty, temperature, top-k, top-p, min-p.
 *
 * @param temperature 0 means greedy
 * @param topK keep the k likeliest; 0 keeps all
 * @param topP keep the smallest set whose probability reaches p (arXiv 1904.09751); 1 keeps all
 * @param minP drop what is less likely than minP times the likeliest (arXiv 2407.01082); 0 keeps all
 * @param repetitionPenalty divides positive and multiplies negative logits of tokens seen (arXiv 1909.05858); 1 is none
 * @param seed same seed, same machine, same text
 */
public record Sampling(double temperature, int topK, double topP, double minP, double repetitionPenalty, long seed) {
    public static final Sampling GREEDY = new Sampling(0, 0, 1, 0, 1, 0);

    public Sampling {
        require(temperature >= 0 && temperature <= 100, "temperature", temperature, "0 to 100");
        require(topK >= 0, "top_k", topK, "0 or more");
        require(topP > 0 && topP <= 1, "top_p", topP, "above 0, at most 1");
        require(minP >= 0 && minP <= 1, "min_p", minP, "0 to 1");
        require(
                repetitionPenalty > 0 && repetitionPenalty <= 10,
                "repetition_penalty",
                repetitionPenalty,
                "above 0, at most 10");
    }

    private static void require(boolean holds, String name, Number value, String range) {
        if (!holds) {
            throw new ModelException(
                    ModelException.Code.BAD_REQUEST,
                    name + " is " + value + ", but must be " + range + ": change the request");
        }
    }
}
