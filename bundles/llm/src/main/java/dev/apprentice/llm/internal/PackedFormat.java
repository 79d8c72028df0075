package dev.apprentice.llm.internal;

import dev.apprentice.model.ModelException;
import tools.jackson.databind.JsonNode;

/**
 * How four-bit checkpoints pack their weights: eight to a 32-bit word, value = scale · (q − zero).
 *
 * @param layout of the words
 * @param groupSize consecutive inputs that share a scale and a zero point; 0 means all
 */
record PackedFormat(Layout layout, int groupSize) {
    /** The words of one linear layer. */
    enum Layout {
        /** Words run along the inputs, zero points are stored less one (AutoGPTQ). */
        GPTQ,
        /** The same with zero points as they are. */
        GPTQ_V2,
        /** Words run along the outputs, in an order of their own (AutoAWQ, gemm). */
        AWQ
    }

    /** Reads {@code quantization_config} of a {@code config.json}; what is not supported is a fault. */
    static PackedFormat parse(JsonNode config) {
        if (config.path("bits").asInt(4) != 4) {
            throw fault("has bits = " + config.path("bits") + ", but only 4 are supported");
        }
        int groupSize = config.path("group_size").asInt(128);
        if (groupSize != -1 && (groupSize <= 0 || groupSize % 128 != 0)) {
            throw fault("has group_size = " + config.path("group_size") + ", but only multiples of 128 are supported");
        }
        return new PackedFormat(layout(config), Math.max(0, groupSize));
    }

    private static Layout layout(JsonNode config) {
        String method = config.path("quant_method").asString("(none)");
        return switch (method) {
            case "gptq" ->
                switch (config.path("checkpoint_format").asString("gptq")) {
                    case "gptq" -> Layout.GPTQ;
                    case "gptq_v2" -> Layout.GPTQ_V2;
                    default ->
                        throw fault("has the checkpoint_format " + config.path("checkpoint_format")
                                + ", but only gptq and gptq_v2 are supported");
                };
            case "awq" -> {
                String version = config.path("version").asString("gemm");
                if (!version.equalsIgnoreCase("gemm")) {
                    throw fault("has the version " + version + ", but only gemm is supported");
                }
                yield Layout.AWQ;
            }
            default -> throw fault("has the quant_method " + method + ", but only gptq and awq are supported");
        };
    }

    private static ModelException fault(String what) {
        return ModelBytes.fault("The quantization_config of " + ModelFiles.CONFIG + " " + what
                + ": use an unquantised model, a GGUF file or another checkpoint");
    }
}
