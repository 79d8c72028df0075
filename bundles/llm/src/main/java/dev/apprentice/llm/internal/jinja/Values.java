package dev.apprentice.llm.internal.jinja;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What expressions stand for: {@link Absent}, {@link Boolean}, {@link Long}, {@link Double}, {@link String}, {@link List}, {@link Map}
 * with texts for keys, {@link Namespace} and {@link Function}. Nothing else ever is a value, so that there is nothing of Java to call.
 */
final class Values {
    private Values() {}

    /** Attributes that a template can set. */
    record Namespace(Map<String, Object> attributes) {}

    /** A macro or something built in. */
    @FunctionalInterface
    interface Function {
        Object call(List<Object> places, Map<String, Object> names);
    }

    /** Checks and copies what comes from outside. */
    static Object imported(Object value) {
        return switch (value) {
            case String text -> text;
            case Boolean flag -> flag;
            case Integer whole -> (long) whole;
            case Long whole -> whole;
            case Double real -> real;
            case Absent absent -> absent;
            case List<?> list -> list.stream().map(Values::imported).toList();
            case Map<?, ?> map -> {
                Map<String, Object> copy = new LinkedHashMap<>();
                map.forEach((key, item) -> copy.put((String) key, imported(item)));
                yield copy;
            }
            default -> throw new IllegalArgumentException(value.getClass() + " is no value of a template");
        };
    }

    static boolean truth(Object value) {
        return switch (value) {
            case Absent _ -> false;
            case Boolean flag -> flag;
            case Long whole -> whole != 0;
            case Double real -> real != 0;
            case String text -> !text.isEmpty();
            case List<?> list -> !list.isEmpty();
            case Map<?, ?> map -> !map.isEmpty();
            default -> true;
        };
    }

    /** As Python prints it. */
    static String text(Object value) {
        return switch (value) {
            case String text -> text;
            case Absent absent -> absent == Absent.UNDEFINED ? "" : "None";
            case Boolean flag -> flag ? "True" : "False";
            case List<?> list -> list.stream().map(Values::quoted).collect(Collectors.joining(", ", "[", "]"));
            case Map<?, ?> map ->
                map.entrySet().stream()
                        .map(entry -> quoted(entry.getKey()) + ": " + quoted(entry.getValue()))
                        .collect(Collectors.joining(", ", "{", "}"));
            case Long whole -> whole.toString();
            case Double real -> real.toString();
            default -> throw JinjaException.template("prints a function or namespace");
        };
    }

    private static String quoted(Object value) {
        if (!(value instanceof String text)) {
            return text(value);
        }
        char quote = text.contains("'") && !text.contains("\"") ? '"' : '\'';
        String escaped = text.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t");
        return quote + (quote == '\'' ? escaped.replace("'", "\\'") : escaped) + quote;
    }

    static boolean equal(Object left, Object right) {
        return left instanceof Number a && right instanceof Number b
                ? a.doubleValue() == b.doubleValue()
                : left.equals(right);
    }

    static double number(Object value) {
        return switch (value) {
            case Long whole -> whole;
            case Double real -> real;
            case Boolean flag -> flag ? 1 : 0;
            default -> throw JinjaException.template("reckons with " + kind(value));
        };
    }

    static long whole(Object value) {
        if (value instanceof Long whole) {
            return whole;
        }
        throw JinjaException.template("uses " + kind(value) + " as a whole number");
    }

    static String string(Object value) {
        if (value instanceof String text) {
            return text;
        }
        throw JinjaException.template("uses " + kind(value) + " as a text");
    }

    /** The elements of a list, the keys of a map, the characters of a text. */
    static List<Object> elements(Object value) {
        return switch (value) {
            case List<?> list -> List.copyOf(list);
            case Map<?, ?> map -> new ArrayList<>(map.keySet());
            case String text ->
                List.copyOf(text.codePoints().mapToObj(Character::toString).toList());
            case Absent absent when absent == Absent.UNDEFINED -> List.of();
            default -> throw JinjaException.template("goes through " + kind(value));
        };
    }

    /** Names and values of a map. */
    static List<Object> items(Object value) {
        if (value instanceof Map<?, ?> map) {
            List<Object> items = new ArrayList<>();
            map.forEach((key, item) -> items.add(List.of(key, item)));
            return items;
        }
        throw JinjaException.template("takes " + kind(value) + " for a map");
    }

    static String kind(Object value) {
        return switch (value) {
            case Absent absent -> absent == Absent.UNDEFINED ? "what is not defined" : "none";
            case Boolean _ -> "a truth value";
            case Long _, Double _ -> "a number";
            case String _ -> "a text";
            case List<?> _ -> "a list";
            case Map<?, ?> _ -> "a map";
            case Namespace _ -> "a namespace";
            default -> "a function";
        };
    }

    /** As Python's {@code json.dumps} writes it, characters outside ASCII as they are. */
    static String json(Object value, String indent, String margin) {
        String inner = margin + indent;
        String separator = indent.isEmpty() ? ", " : ",\n" + inner;
        String open = indent.isEmpty() ? "" : "\n" + inner;
        String close = indent.isEmpty() ? "" : "\n" + margin;
        return switch (value) {
            case Absent _ -> "null";
            case Boolean flag -> flag.toString();
            case String text -> jsonText(text);
            case List<?> list ->
                list.isEmpty()
                        ? "[]"
                        : list.stream()
                                .map(item -> json(item, indent, inner))
                                .collect(Collectors.joining(separator, "[" + open, close + "]"));
            case Map<?, ?> map ->
                map.isEmpty()
                        ? "{}"
                        : map.entrySet().stream()
                                .map(entry ->
                                        jsonText(text(entry.getKey())) + ": " + json(entry.getValue(), indent, inner))
                                .collect(Collectors.joining(separator, "{" + open, close + "}"));
            default -> text(value);
        };
    }

    private static String jsonText(String text) {
        StringBuilder json = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            switch (c) {
                case '"' -> json.append("\\\"");
                case '\\' -> json.append("\\\\");
                case '\n' -> json.append("\\n");
                case '\r' -> json.append("\\r");
                case '\t' -> json.append("\\t");
                case '\b' -> json.append("\\b");
                case '\f' -> json.append("\\f");
                default -> {
                    if (c < ' ') {
                        json.append(String.format("\\u%04x", (int) c));
                    } else {
                        json.append(c);
                    }
                }
            }
        }
        return json.append('"').toString();
    }
}
