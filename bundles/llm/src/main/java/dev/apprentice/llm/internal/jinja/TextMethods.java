package dev.apprentice.llm.internal.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The methods that Python's texts have, as far as templates call them. */
final class TextMethods {
    private static final String BLANK = " \t\n\r\f\u000B";

    private TextMethods() {}

    static Object call(String text, String name, List<Object> arguments) {
        return switch (name) {
            case "strip" -> stripped(text, characters(arguments), true, true);
            case "lstrip" -> stripped(text, characters(arguments), true, false);
            case "rstrip" -> stripped(text, characters(arguments), false, true);
            case "upper" -> text.toUpperCase(Locale.ROOT);
            case "lower" -> text.toLowerCase(Locale.ROOT);
            case "title" -> title(text);
            case "capitalize" -> capitalized(text);
            case "startswith" -> anyOf(arguments).stream().anyMatch(text::startsWith);
            case "endswith" -> anyOf(arguments).stream().anyMatch(text::endsWith);
            case "split" -> split(text, arguments);
            case "replace" ->
                text.replace(
                        Values.string(Filters.argument(arguments, 0)), Values.string(Filters.argument(arguments, 1)));
            case "find" -> (long) text.indexOf(Values.string(Filters.argument(arguments, 0)));
            case "count" ->
                (long) text.split(Pattern.quote(Values.string(Filters.argument(arguments, 0))), -1).length - 1;
            case "join" ->
                Values.elements(Filters.argument(arguments, 0)).stream()
                        .map(Values::string)
                        .collect(Collectors.joining(text));
            default -> throw JinjaException.template("calls " + name + " of a text, which is not supported");
        };
    }

    static String capitalized(String text) {
        return text.isEmpty()
                ? text
                : text.substring(0, 1).toUpperCase(Locale.ROOT)
                        + text.substring(1).toLowerCase(Locale.ROOT);
    }

    static String title(String text) {
        StringBuilder title = new StringBuilder();
        boolean begins = true;
        for (char c : text.toCharArray()) {
            title.append(begins ? Character.toUpperCase(c) : Character.toLowerCase(c));
            begins = !Character.isLetter(c);
        }
        return title.toString();
    }

    static String stripped(String text, String characters, boolean left, boolean right) {
        int from = 0;
        int to = text.length();
        while (left && from < to && characters.indexOf(text.charAt(from)) >= 0) {
            from++;
        }
        while (right && to > from && characters.indexOf(text.charAt(to - 1)) >= 0) {
            to--;
        }
        return text.substring(from, to);
    }

    private static String characters(List<Object> arguments) {
        return arguments.isEmpty() ? BLANK : Values.string(arguments.getFirst());
    }

    private static List<String> anyOf(List<Object> arguments) {
        Object wanted = Filters.argument(arguments, 0);
        return wanted instanceof List<?> list
                ? list.stream().map(Values::string).toList()
                : List.of(Values.string(wanted));
    }

    private static List<Object> split(String text, List<Object> arguments) {
        if (arguments.isEmpty()) {
            String stripped = stripped(text, BLANK, true, true);
            return stripped.isEmpty() ? List.of() : List.of((Object[]) stripped.split("[ \\t\\n\\r\\f\\u000B]+"));
        }
        String separator = Values.string(arguments.getFirst());
        if (separator.isEmpty()) {
            throw JinjaException.template("splits a text at nothing");
        }
        long most = arguments.size() > 1 ? Values.whole(arguments.get(1)) : -1;
        List<Object> parts = new ArrayList<>();
        int from = 0;
        int found = text.indexOf(separator);
        while (found >= 0 && (most < 0 || parts.size() < most)) {
            parts.add(text.substring(from, found));
            from = found + separator.length();
            found = text.indexOf(separator, from);
        }
        parts.add(text.substring(from));
        return parts;
    }
}
