package dev.apprentice.llm.internal;

import dev.apprentice.model.ModelException;
import dev.apprentice.model.ReferenceTexts;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reference texts as resources: snippets with a line {@code =====} between them. */
record BundledReferenceTexts(List<String> core, List<String> rehearsal) implements ReferenceTexts {
    private static final String CORE = "core/core.txt";
    private static final String REHEARSAL = "core/rehearsal.txt";

    /** Reads both files. */
    static BundledReferenceTexts read(Function<String, @Nullable URL> entries) {
        return new BundledReferenceTexts(snippets(entries, CORE), snippets(entries, REHEARSAL));
    }

    /** The snippets of a file's text; blank ones are left out. */
    static List<String> snippets(String text) {
        return Arrays.stream(text.split("(?m)^=====\\R?", -1))
                .filter(snippet -> !snippet.isBlank())
                .toList();
    }

    private static List<String> snippets(Function<String, @Nullable URL> entries, String name) {
        URL entry = entries.apply(name);
        if (entry == null) {
            throw new ModelException(
                    ModelException.Code.BAD_MODEL, "The base-model bundle lacks " + name + ": install a complete one");
        }
        try (InputStream in = entry.openStream()) {
            return snippets(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw ModelFiles.unreadable(name, e);
        }
    }
}
