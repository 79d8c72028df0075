package dev.apprentice.openai.internal;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.apprentice.http.Exchange;
import dev.apprentice.model.LanguageModel;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Answers {@code POST /v1/embeddings}: texts, or token ids, as vectors of length 1. */
final class Embeddings {
    private static final int MOST_INPUTS = 2048;

    private final LanguageModel model;
    private final Catalogue catalogue;

    Embeddings(LanguageModel model, Catalogue catalogue) {
        this.model = model;
        this.catalogue = catalogue;
    }

    void answer(Exchange exchange) {
        Request request = exchange.json(Request.class);
        Responder target = catalogue.find(Requests.required(request.model, "model"));
        Requests.unsupported(request.dimensions != null, "dimensions", "leave it out");
        String encoding = Objects.requireNonNullElse(request.encodingFormat, "float");
        if (!encoding.equals("float") && !encoding.equals("base64")) {
            throw Requests.bad("encoding_format is " + encoding + ", but must be float or base64: change it");
        }
        List<int[]> inputs = inputs(request.input);
        List<Entry> entries = new ArrayList<>();
        int tokens = 0;
        for (int[] input : inputs) {
            float[] vector = model.embed(input, target.adapter());
            Object shown = encoding.equals("float") ? vector : base64(vector);
            entries.add(new Entry("embedding", entries.size(), shown));
            tokens += input.length;
        }
        exchange.answerJson(200, new Answer("list", entries, target.name(), new Usage(tokens, tokens)));
    }

    /** One text, several, one list of token ids, or several. */
    private List<int[]> inputs(@Nullable JsonNode input) {
        List<int[]> inputs = new ArrayList<>();
        if (input != null && input.isArray() && !input.path(0).isIntegralNumber()) {
            input.forEach(one -> inputs.add(tokens(one)));
        } else if (input != null) {
            inputs.add(tokens(input));
        }
        if (inputs.isEmpty() || inputs.size() > MOST_INPUTS) {
            throw Requests.bad("input has " + inputs.size() + " texts, but must have 1 to " + MOST_INPUTS
                    + ": send a text, or several in a list");
        }
        return inputs;
    }

    private int[] tokens(JsonNode one) {
        int[] tokens;
        if (one.isString()) {
            tokens = model.tokenizer().encode(one.asString());
        } else if (one.isArray() && one.valueStream().allMatch(JsonNode::isInt)) {
            tokens = one.valueStream().mapToInt(JsonNode::intValue).toArray();
        } else {
            throw Requests.bad("input must be texts or lists of token ids: change it");
        }
        if (tokens.length == 0) {
            throw Requests.bad("input has an empty text: leave it out");
        }
        return tokens;
    }

    /** As clients of the original read it: float32, little-endian. */
    private static String base64(float[] vector) {
        ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * vector.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(vector);
        return Base64.getEncoder().encodeToString(bytes.array());
    }

    private record Request(
            @Nullable String model,
            @Nullable JsonNode input,
            @JsonProperty("encoding_format") @Nullable String encodingFormat,
            @Nullable Integer dimensions) {}

    private record Answer(String object, List<Entry> data, String model, Usage usage) {}

    /** @param embedding numbers, or their bytes in base64 */
    private record Entry(String object, int index, Object embedding) {}

    private record Usage(
            @JsonProperty("prompt_tokens") int promptTokens,
            @JsonProperty("total_tokens") int totalTokens) {}
}
