package dev.apprentice.llm.internal.jinja;

import java.util.List;
import java.util.Map;

/** What stands after {@code is}. */
final class Tests {
    private Tests() {}

    static boolean holds(Object value, String name, List<Object> arguments) {
        return switch (name) {
            case "defined" -> value != Absent.UNDEFINED;
            case "undefined" -> value == Absent.UNDEFINED;
            case "none" -> value == Absent.NONE;
            case "string" -> value instanceof String;
            case "mapping" -> value instanceof Map<?, ?>;
            case "sequence", "iterable" ->
                value instanceof List<?> || value instanceof Map<?, ?> || value instanceof String;
            case "number" -> value instanceof Number;
            case "integer" -> value instanceof Long;
            case "float" -> value instanceof Double;
            case "boolean" -> value instanceof Boolean;
            case "true" -> Boolean.TRUE.equals(value);
            case "false" -> Boolean.FALSE.equals(value);
            case "callable" -> value instanceof Values.Function;
            case "odd" -> Values.whole(value) % 2 != 0;
            case "even" -> Values.whole(value) % 2 == 0;
            case "equalto", "eq", "==" -> Values.equal(value, Filters.argument(arguments, 0));
            case "ne", "!=" -> !Values.equal(value, Filters.argument(arguments, 0));
            case "in" -> Values.elements(Filters.argument(arguments, 0)).contains(value);
            default -> throw JinjaException.template("has the test " + name + ", which is not supported");
        };
    }
}
