package dev.apprentice.llm.internal;

import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * Reads the rotary position embedding of a {@code config.json}: {@code rope_theta} and {@code rope_scaling}, or both in
 * {@code rope_parameters} as transformers 5 writes them.
 */
record RopeReader(ConfigReader config, int headDim) {
    private static final String SUPPORTED = "default, linear, llama3 and frequency_divisors";

    double theta() {
        boolean together = config.node().path("rope_parameters").has("rope_theta");
        return ConfigReader.positive(
                together ? config.node().path("rope_parameters") : config.node(), "rope_theta", 10_000);
    }

    RopeScaling scaling() {
        String key = config.node().path("rope_parameters").isObject() ? "rope_parameters" : "rope_scaling";
        JsonNode node = config.node().path(key);
        if (node.isMissingNode() || node.isNull()) {
            return new RopeScaling.None();
        }
        String type = node.path("rope_type").asString(node.path("type").asString("missing"));
        return switch (type) {
            case "default" -> new RopeScaling.None();
            case "linear" -> new RopeScaling.Linear(required(node, key, "factor"));
            case "llama3" -> llama3(node, key);
            case "frequency_divisors" -> new RopeScaling.Divisors(divisors(node.path("divisors"), key));
            default ->
                throw ConfigReader.fault(
                        "sets the rope_type of " + key + " to " + type + ", but supported are only " + SUPPORTED);
        };
    }

    private static RopeScaling.Llama3 llama3(JsonNode node, String key) {
        double low = required(node, key, "low_freq_factor");
        double high = required(node, key, "high_freq_factor");
        if (low >= high) {
            throw ConfigReader.fault("has a " + key + " with low_freq_factor " + low + ", which must be below the "
                    + "high_freq_factor " + high);
        }
        return new RopeScaling.Llama3(
                required(node, key, "factor"),
                low,
                high,
                ConfigReader.size(node, "original_max_position_embeddings", 0));
    }

    private List<Double> divisors(JsonNode node, String key) {
        List<Double> divisors =
                node.valueStream().map(value -> value.asDouble(0)).toList();
        if (divisors.size() != headDim / 2
                || !divisors.stream().allMatch(divisor -> divisor > 0 && divisor < Double.POSITIVE_INFINITY)) {
            throw ConfigReader.fault("has a " + key + " with the divisors " + node + ", but expected are " + headDim / 2
                    + " positive numbers");
        }
        return divisors;
    }

    private static double required(JsonNode node, String key, String field) {
        if (!node.has(field)) {
            throw ConfigReader.fault("has a " + key + " without " + field);
        }
        return ConfigReader.positive(node, field, 0);
    }
}
