package dev.apprentice.llm.internal.jinja;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** What stands after a bar. */
final class Filters {
    private Filters() {}

    static Object apply(Object value, String name, List<Object> places, Map<String, Object> names) {
        return switch (name) {
            case "trim" -> TextMethods.call(Values.text(value), "strip", places);
            case "length", "count" -> (long) Values.elements(value).size();
            case "tojson" -> Values.json(value, indent(places, names), "");
            case "upper" -> Values.text(value).toUpperCase(Locale.ROOT);
            case "lower" -> Values.text(value).toLowerCase(Locale.ROOT);
            case "capitalize" -> TextMethods.capitalized(Values.text(value));
            case "title" -> TextMethods.title(Values.text(value));
            case "string" -> Values.text(value);
            case "safe" -> value;
            case "int" -> whole(value);
            case "float" -> Values.number(value);
            case "abs" ->
                value instanceof Long whole ? (Object) Math.abs(whole) : (Object) Math.abs(Values.number(value));
            case "default", "d" -> otherwise(value, places, names);
            case "first" -> Values.elements(value).stream().findFirst().orElse(Absent.UNDEFINED);
            case "last" -> {
                List<Object> elements = Values.elements(value);
                yield elements.isEmpty() ? Absent.UNDEFINED : elements.getLast();
            }
            case "list" -> Values.elements(value);
            case "items" -> Values.items(value);
            case "dictsort" ->
                Values.items(value).stream()
                        .sorted(Comparator.comparing(
                                item -> Values.text(((List<?>) item).getFirst()).toLowerCase(Locale.ROOT)))
                        .map(Object.class::cast)
                        .toList();
            case "reverse" ->
                value instanceof String text
                        ? new StringBuilder(text).reverse().toString()
                        : Values.elements(value).reversed();
            case "unique" -> Values.elements(value).stream().distinct().toList();
            case "replace" -> TextMethods.call(Values.text(value), "replace", places);
            case "join" ->
                Values.elements(value).stream()
                        .map(Values::text)
                        .collect(Collectors.joining(places.isEmpty() ? "" : Values.string(places.getFirst())));
            case "indent" -> indented(Values.text(value), places, names);
            case "map" -> mapped(value, places, names);
            case "selectattr" -> chosen(value, places, true);
            case "rejectattr" -> chosen(value, places, false);
            default -> throw JinjaException.template("has the filter " + name + ", which is not supported");
        };
    }

    private static String indent(List<Object> places, Map<String, Object> names) {
        Object indent = names.getOrDefault("indent", places.isEmpty() ? Absent.NONE : places.getFirst());
        return indent == Absent.NONE ? "" : " ".repeat((int) Math.clamp(Values.whole(indent), 0, 16));
    }

    private static Object whole(Object value) {
        try {
            return value instanceof String text ? Long.valueOf(text.strip()) : (Object) (long) Values.number(value);
        } catch (NumberFormatException _) {
            return 0L; // as Jinja does
        }
    }

    private static Object otherwise(Object value, List<Object> places, Map<String, Object> names) {
        boolean alsoFalse =
                places.size() > 1 && Values.truth(places.get(1)) || Values.truth(names.getOrDefault("boolean", false));
        boolean missing = value == Absent.UNDEFINED || alsoFalse && !Values.truth(value);
        return missing ? places.isEmpty() ? "" : places.getFirst() : value;
    }

    private static String indented(String text, List<Object> places, Map<String, Object> names) {
        Object width = names.getOrDefault("width", places.isEmpty() ? 4L : places.getFirst());
        String margin = " ".repeat((int) Math.clamp(Values.whole(width), 0, 64));
        String rest = text.replaceAll("\n(?=[^\n])", "\n" + margin);
        boolean first =
                places.size() > 1 && Values.truth(places.get(1)) || Values.truth(names.getOrDefault("first", false));
        return first ? margin + rest : rest;
    }

    private static Object mapped(Object value, List<Object> places, Map<String, Object> names) {
        List<Object> results = new ArrayList<>();
        for (Object element : Values.elements(value)) {
            results.add(
                    names.containsKey("attribute")
                            ? attribute(element, Values.string(names.get("attribute")))
                            : apply(
                                    element,
                                    Values.string(argument(places, 0)),
                                    places.subList(1, places.size()),
                                    names));
        }
        return results;
    }

    private static Object chosen(Object value, List<Object> places, boolean wanted) {
        String name = Values.string(argument(places, 0));
        String test = places.size() > 1 ? Values.string(places.get(1)) : "true value";
        List<Object> rest = places.size() > 2 ? places.subList(2, places.size()) : List.of();
        return Values.elements(value).stream()
                .filter(element -> {
                    Object attribute = attribute(element, name);
                    boolean holds = places.size() > 1 ? Tests.holds(attribute, test, rest) : Values.truth(attribute);
                    return holds == wanted;
                })
                .toList();
    }

    static Object argument(List<Object> places, int index) {
        if (index >= places.size()) {
            throw JinjaException.template("calls something without all that it needs");
        }
        return places.get(index);
    }

    private static Object attribute(Object element, String name) {
        Object found = element instanceof Map<?, ?> map ? map.get(name) : null;
        return found == null ? Absent.UNDEFINED : found;
    }
}
