package dev.apprentice.market.internal;

import dev.apprentice.market.CatalogueEntry;
import dev.apprentice.market.MarketException;
import dev.apprentice.market.MarketException.Code;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
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

/**
 * Reads a file of the search index, which holds skills or names the parts that do. An entry that cannot be used is left out and
 * counted, and hides no other.
 */
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

    private static final int MOST_PARTS = 4096;
    private static final Pattern PART = Pattern.compile("index/[0-9a-f]{1,8}\\.json");

    private final List<CatalogueEntry> entries = new ArrayList<>();
    private final Map<String, String> texts = new HashMap<>();
    private int unusable;
    private String firstProblem = "";

    private IndexReader() {}

    /**
     * What a file of the index holds.
     *
     * @param parts the target paths of its parts; if there are any, it holds no entries itself
     * @param unusable how many entries were left out
     * @param firstProblem why the first of them was
     */
    record Index(List<String> parts, List<CatalogueEntry> entries, int unusable, String firstProblem) {
        static Index of(List<CatalogueEntry> entries) {
            return new Index(List.of(), entries, 0, "");
        }

        /** All entries of several files. */
        static Index joined(Collection<Index> files) {
            List<CatalogueEntry> entries = new ArrayList<>();
            int unusable = 0;
            String firstProblem = "";
            for (Index file : files) {
                entries.addAll(file.entries);
                unusable += file.unusable;
                firstProblem = firstProblem.isEmpty() ? file.firstProblem : firstProblem;
            }
            return new Index(List.of(), entries, unusable, firstProblem);
        }

        /** How many entries were left out, and why the first of them; empty if none. */
        String problem() {
            return unusable == 0
                    ? ""
                    : unusable + " of " + (entries.size() + unusable) + " entries are left out, the first because "
                            + firstProblem;
        }
    }

    static Index read(String market, byte[] json) {
        IndexReader reader = new IndexReader();
        List<String> parts = List.of();
        try (JsonParser parser = MAPPER.createParser(json)) {
            String name = parser.nextToken() == JsonToken.START_OBJECT ? parser.nextName() : "";
            if (!("skills".equals(name) || "parts".equals(name)) || parser.nextToken() != JsonToken.START_ARRAY) {
                throw refused(market, "does not begin with a list of skills or parts", null);
            }
            if ("parts".equals(name)) {
                parts = parts(market, parser);
            } else {
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    reader.add(MAPPER.readTree(parser));
                }
            }
            if (parser.nextToken() != JsonToken.END_OBJECT || parser.nextToken() != null) {
                throw refused(market, "goes on after its list", null);
            }
        } catch (JacksonException e) {
            throw refused(market, "is not proper JSON (" + e.getOriginalMessage() + ")", e);
        }
        return new Index(parts, List.copyOf(reader.entries), reader.unusable, reader.firstProblem);
    }

    private static List<String> parts(String market, JsonParser parser) {
        Set<String> parts = new LinkedHashSet<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            String path = String.valueOf(parser.getString());
            if (!PART.matcher(path).matches() || !parts.add(path) || parts.size() > MOST_PARTS) {
                throw refused(market, "has '" + path + "' where the path of another part should be", null);
            }
        }
        return List.copyOf(parts);
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

    private static MarketException refused(String market, String what, @Nullable JacksonException cause) {
        return new MarketException(
                Code.REFUSED,
                "Marketplace " + market + ": its index " + what + ": its owner must publish it again",
                cause);
    }
}
