package dev.apprentice.llm.internal;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The spellings of the tokens that steer a model. Those that a template writes become tokens; those in what people wrote are guarded by
 * a noncharacter, which is taken out again, and stay text.
 */
final class Markers {
    /** Unicode sets it aside for the use of programs; texts from outside lose theirs. */
    private static final String GUARD = "\uFDD0";

    private final Pattern spellings;

    Markers(Set<String> spellings) {
        this.spellings = Pattern.compile(
                spellings.isEmpty()
                        ? "(?!)"
                        : spellings.stream()
                                .sorted(Comparator.comparing(String::length).reversed())
                                .map(Pattern::quote)
                                .collect(Collectors.joining("|")));
    }

    /** A part of a text. */
    sealed interface Part {
        record Marker(String spelling) implements Part {}

        record Plain(String text) implements Part {}
    }

    /** What people wrote, in which no marker is recognised any more. */
    String guarded(String text) {
        return spellings.matcher(text.replace(GUARD, "")).replaceAll(found -> {
            int first = found.group().offsetByCodePoints(0, 1);
            return Matcher.quoteReplacement(
                    found.group().substring(0, first) + GUARD + found.group().substring(first));
        });
    }

    /** Markers, and the texts between them without guards. */
    List<Part> parts(String text) {
        List<Part> parts = new ArrayList<>();
        Matcher matcher = spellings.matcher(text);
        int from = 0;
        while (matcher.find()) {
            plain(text.substring(from, matcher.start()), parts);
            parts.add(new Part.Marker(matcher.group()));
            from = matcher.end();
        }
        plain(text.substring(from), parts);
        return parts;
    }

    private static void plain(String text, List<Part> parts) {
        if (!text.isEmpty()) {
            parts.add(new Part.Plain(text.replace(GUARD, "")));
        }
    }
}
