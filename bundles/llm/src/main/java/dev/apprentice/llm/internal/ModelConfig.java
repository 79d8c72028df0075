package dev.apprentice.llm.internal;

import dev.apprentice.compute.AttentionShape;
import java.util.List;
import java.util.Set;

/**
 * The shape of a Llama-family model, from Hugging Face's {@code config.json}.
 *
 * @param width of the residual stream
 * @param feedForward width inside the feed-forward network
 * @param biased linear layers that add a bias, by their Hugging Face names
 * @param context the longest sequence
 * @param endOfText tokens that end a text, the first being the one to write
 */
record ModelConfig(
        Architecture architecture,
        int layers,
        int width,
        int feedForward,
        AttentionShape attention,
        Set<String> biased,
        int vocabulary,
        int context,
        float epsilon,
        double ropeTheta,
        RopeScaling ropeScaling,
        boolean tiedHead,
        List<Integer> endOfText) {

    /** Parses and checks a configuration. */
    static ModelConfig parse(byte[] text) {
        return new ConfigReader(Json.object(text, ConfigReader::fault)).read();
    }

    /** (outputs, inputs) of a linear layer by its Hugging Face name. */
    int[] linearShape(String target) {
        return switch (target) {
            case "q_proj" -> new int[] {attention.queryWidth(), width};
            case "k_proj", "v_proj" -> new int[] {attention.keyValueWidth(), width};
            case "o_proj" -> new int[] {width, attention.queryWidth()};
            case "gate_proj", "up_proj" -> new int[] {feedForward, width};
            case "down_proj" -> new int[] {width, feedForward};
            default -> throw new IllegalArgumentException("A Llama block has no linear layer " + target);
        };
    }

    /** Turns per position of the headDim/2 pairs of a head, in radians. */
    float[] frequencies() {
        return ropeScaling.frequencies(attention.headDim(), ropeTheta);
    }

    /** Name of a linear layer's module in files of Hugging Face models and adapters. */
    static String moduleName(int layer, String target) {
        boolean feedForward = target.equals("gate_proj") || target.equals("up_proj") || target.equals("down_proj");
        return "model.layers." + layer + (feedForward ? ".mlp." : ".self_attn.") + target;
    }
}
