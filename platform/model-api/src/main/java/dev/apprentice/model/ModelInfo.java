package dev.apprentice.model;

/**
 * What a loaded base model is.
 *
 * @param name for people and API clients, such as {@code apprentice-base}
 * @param digest {@code sha256:} and the hex digest of the weights' content: adapters are bound to it
 * @param tokenizerDigest likewise, of the tokenizer
 * @param weightType how the linear weights are held, such as BF16, or Q4_K+Q6_K if not all alike
 * @param width of a hidden state
 */
public record ModelInfo(
        String name,
        String digest,
        String tokenizerDigest,
        String architecture,
        String weightType,
        int layers,
        int width,
        int vocabulary,
        int contextLength,
        long parameters) {}
