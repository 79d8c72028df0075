package dev.apprentice.market.internal;

import dev.apprentice.market.CatalogueEntry;
import dev.apprentice.market.CatalogueEntry.AdapterFacts;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** Reads the facts of one version. Texts lose whatever could steer a terminal or turn the direction of writing. */
final class EntryReader {
    private static final Pattern ID = Pattern.compile("[a-z0-9](-?[a-z0-9]){0,63}");
    private static final Pattern VERSION = Pattern.compile("[0-9]{1,6}(\\.[0-9]{1,6}){2}");
    private static final Pattern DIGEST = Pattern.compile("sha256:[0-9a-f]{64}");
    private static final Pattern HOSTILE = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Co}\\p{Cn}\\p{Zl}\\p{Zp}]+");
    private static final int LONGEST_NAME = 80;
    private static final int LONGEST_DESCRIPTION = 1000;
    private static final int LONGEST_LINE = 200;
    private static final int LONGEST_CHANGES = 4000;
    private static final int MOST_ITEMS = 64;

    private final JsonNode node;
    private final Map<String, String> known;

    private EntryReader(JsonNode node, Map<String, String> known) {
        this.node = node;
        this.known = known;
    }

    /**
     * Reads one entry.
     *
     * @param known texts that many entries share are kept once
     * @throws IllegalArgumentException saying what cannot be used
     */
    static CatalogueEntry read(JsonNode node, Map<String, String> known) {
        return new EntryReader(node, known).entry();
    }

    /** What the publisher says is new in a version. */
    static String changes(JsonNode facts) {
        JsonNode changes = facts.path("changes");
        return changes.isString() ? clean(changes.stringValue(), LONGEST_CHANGES) : "";
    }

    private CatalogueEntry entry() {
        String publisher = shared(matching("publisher", ID));
        String id = matching("id", ID);
        String version = matching("version", VERSION);
        String path = required("path");
        if (!path.equals(publisher + "/" + id + "-" + version + ".jar")) {
            throw new IllegalArgumentException("its path is not that of " + publisher + "/" + id + " " + version);
        }
        JsonNode size = node.path("size");
        if (!size.isIntegralNumber() || size.longValue() < 0) {
            throw new IllegalArgumentException(path + " has no size");
        }
        return new CatalogueEntry(
                publisher,
                id,
                shared(version),
                clean(required("name"), LONGEST_NAME),
                clean(required("description"), LONGEST_DESCRIPTION),
                shared(matching("base", DIGEST)),
                node.has("tokenizer") ? shared(matching("tokenizer", DIGEST)) : "",
                texts(node.path("permissions")),
                node.path("code").asBoolean(false),
                adapter(node.path("adapter")),
                optional("licence"),
                optional("spi"),
                time(required("published")),
                path,
                size.longValue());
    }

    private AdapterFacts adapter(JsonNode adapter) {
        return new AdapterFacts(
                shared(clean(adapter.path("type").asString("LORA"), LONGEST_LINE)),
                adapter.path("rank").asInt(0),
                texts(adapter.path("targets")));
    }

    private List<String> texts(JsonNode list) {
        if (list.size() > MOST_ITEMS) {
            throw new IllegalArgumentException("a list in it has " + list.size() + " items");
        }
        List<String> texts = new ArrayList<>();
        for (JsonNode item : list) {
            texts.add(shared(clean(item.asString(""), LONGEST_LINE)));
        }
        return texts;
    }

    private static Instant time(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("'published' holds no time", e);
        }
    }

    private String optional(String field) {
        return shared(clean(node.path(field).asString(""), LONGEST_LINE));
    }

    private String matching(String field, Pattern form) {
        String text = required(field);
        if (!form.matcher(text).matches()) {
            throw new IllegalArgumentException("'" + field + "' is not of the form " + form);
        }
        return text;
    }

    private String required(String field) {
        JsonNode value = node.path(field);
        if (!value.isString() || value.stringValue().isBlank()) {
            throw new IllegalArgumentException("'" + field + "' is missing");
        }
        return value.stringValue();
    }

    private String shared(String text) {
        return known.computeIfAbsent(text, same -> same);
    }

    /** The text in one line, without what could steer a terminal. */
    static String clean(String text, int longest) {
        String plain = HOSTILE.matcher(text).replaceAll(" ").strip();
        return plain.length() <= longest ? plain : plain.substring(0, longest);
    }
}
