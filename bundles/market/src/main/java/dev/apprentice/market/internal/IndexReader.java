package dev.apprentice.market.internal;

import dev.apprentice.market.CatalogueEntry;
import dev.apprentice.market.MarketException;
import dev.apprentice.market.MarketException.Code;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads {@code index.json} entry by entry: one that cannot be used is left out and counted, and hides no other. */
final class IndexReader {
    private static final int DEEPEST = 16;
    private static final int LONGEST_TEXT = 100_000;
    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(DEEPEST)
                            .maxStringLength(LONGEST_TEXT)
                            .build())
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            // Each entry is a value of its own, and others follow it.
            .disable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final List<CatalogueEntry> entries = new ArrayList<>();
    private final Map<String, String> texts = new HashMap<>();
    private int unusable;
    private String firstProblem = "";

    private IndexReader() {}

    /**
     * What an index holds.
     *
     * @param problem how many entries were left out, and why the first of them; empty if none
     */
    record Index(List<CatalogueEntry> entries, String problem) {}

    static Index read(String market, byte[] json) {
        IndexReader reader = new IndexReader();
        try (JsonParser parser = MAPPER.createParser(json)) {
            if (parser.nextToken() != JsonToken.START_OBJECT
                    || !"skills".equals(parser.nextName())
                    || parser.nextToken() != JsonToken.START_ARRAY) {
                throw refused(market, "does not begin with a list of skills", null);
            }
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                reader.add(MAPPER.readTree(parser));
            }
            if (parser.nextToken() != JsonToken.END_OBJECT || parser.nextToken() != null) {
                throw refused(market, "goes on after its list of skills", null);
            }
        } catch (JacksonException e) {
            throw refused(market, "is not proper JSON (" + e.getOriginalMessage() + ")", e);
        }
        return reader.result();
    }

    private void add(JsonNode node) {
        try {
            entries.add(EntryReader.read(node, texts));
        } catch (IllegalArgumentException e) {
            unusable++;
            if (firstProblem.isEmpty()) {
                firstProblem = String.valueOf(e.getMessage());
            }
        }
    }

    private Index result() {
        String problem = unusable == 0
                ? ""
                : unusable + " of " + (entries.size() + unusable) + " entries are left out, the first because "
                        + firstProblem;
        return new Index(List.copyOf(entries), problem);
    }

    private static MarketException refused(String market, String what, @Nullable JacksonException cause) {
        return new MarketException(
                Code.REFUSED,
                "Marketplace " + market + ": its index " + what + ": its owner must publish it again",
                cause);
    }
}
