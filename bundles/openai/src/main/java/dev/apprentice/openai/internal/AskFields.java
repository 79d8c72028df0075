package dev.apprentice.openai.internal;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.apprentice.model.AnswerForm;
import dev.apprentice.model.Sampling;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The fields that both kinds of requests have, as they come. */
record AskFields(
        @JsonProperty("max_tokens") @Nullable Integer maxTokens,
        @Nullable Double temperature,
        @JsonProperty("top_p") @Nullable Double topP,
        @JsonProperty("top_k") @Nullable Integer topK,
        @JsonProperty("min_p") @Nullable Double minP,
        @JsonProperty("repetition_penalty") @Nullable Double repetitionPenalty,
        @JsonProperty("presence_penalty") @Nullable Double presencePenalty,
        @JsonProperty("frequency_penalty") @Nullable Double frequencyPenalty,
        @JsonProperty("logit_bias") @Nullable Map<String, Double> logitBias,
        @Nullable Long seed,
        @Nullable Integer n,
        @Nullable JsonNode stop,
        @JsonProperty("response_format") @Nullable JsonNode responseFormat,
        @Nullable Boolean stream,
        @JsonProperty("stream_options") @Nullable StreamOptions streamOptions) {
    /** Seeds that JavaScript's numbers hold exactly, so that clients can send one back. */
    private static final long SEED_BOUND = 1L << 53;

    private static final int MOST_CHOICES = 16;

    /** {@code stream_options} of a request. */
    record StreamOptions(
            @JsonProperty("include_usage") @Nullable Boolean includeUsage) {}

    boolean streams() {
        return Boolean.TRUE.equals(stream);
    }

    boolean wantsUsage() {
        return streamOptions != null && Boolean.TRUE.equals(streamOptions.includeUsage);
    }

    /** How many answers are wanted. */
    int choices() {
        int choices = Objects.requireNonNullElse(n, 1);
        if (choices < 1 || choices > MOST_CHOICES) {
            throw Requests.bad("n is " + choices + ", but must be 1 to " + MOST_CHOICES + ": send several requests");
        }
        return choices;
    }

    /** What the answer must look like. */
    AnswerForm form() {
        if (responseFormat == null || responseFormat.isNull()) {
            return AnswerForm.FREE;
        }
        AnswerForm form = switch (responseFormat.path("type").asString("")) {
            case "text" -> AnswerForm.FREE;
            case "json_object" -> new AnswerForm.JsonObject();
            case "json_schema" -> new AnswerForm.JsonSchema(schema());
            default ->
                throw Requests.bad("response_format has the type " + responseFormat.path("type")
                        + ", but must be text, json_object or json_schema: change it");
        };
        boolean stops = stop != null && !stop.isNull();
        Requests.unsupported(
                stops && !(form instanceof AnswerForm.Free),
                "stop together with a response_format",
                "it would cut the document, leave it out");
        return form;
    }

    private String schema() {
        JsonNode schema =
                Objects.requireNonNull(responseFormat).path("json_schema").path("schema");
        if (!schema.isObject()) {
            throw Requests.bad("response_format.json_schema.schema is missing: send the schema as an object");
        }
        return schema.toString();
    }

    Sampling sampling(double defaultTemperature) {
        return new Sampling(
                Objects.requireNonNullElse(temperature, defaultTemperature),
                Objects.requireNonNullElse(topK, 0),
                Objects.requireNonNullElse(topP, 1.0),
                Objects.requireNonNullElse(minP, 0.0),
                new Sampling.Penalties(
                        Objects.requireNonNullElse(repetitionPenalty, 1.0),
                        Objects.requireNonNullElse(presencePenalty, 0.0),
                        Objects.requireNonNullElse(frequencyPenalty, 0.0)),
                biases(),
                seed == null ? RandomGenerator.getDefault().nextLong(SEED_BOUND) : seed);
    }

    private Map<Integer, Double> biases() {
        Map<Integer, Double> biases = new HashMap<>();
        for (Map.Entry<String, @Nullable Double> entry :
                Objects.requireNonNullElse(logitBias, Map.<String, Double>of()).entrySet()) {
            Double bias = entry.getValue();
            if (bias == null || !entry.getKey().matches("\\d{1,9}")) {
                throw Requests.bad("logit_bias must be an object from token ids to numbers, but has \"" + entry.getKey()
                        + "\": " + bias + ": change it");
            }
            biases.put(Integer.valueOf(entry.getKey()), bias);
        }
        return biases;
    }
}
