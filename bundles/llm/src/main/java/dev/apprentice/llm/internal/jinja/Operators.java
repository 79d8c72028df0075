package dev.apprentice.llm.internal.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What stands between two values. */
final class Operators {
    private Operators() {}

    static Object apply(String operator, Object left, Object right) {
        return switch (operator) {
            case "==" -> Values.equal(left, right);
            case "!=" -> !Values.equal(left, right);
            case "<" -> compare(left, right) < 0;
            case ">" -> compare(left, right) > 0;
            case "<=" -> compare(left, right) <= 0;
            case ">=" -> compare(left, right) >= 0;
            case "in" -> contains(right, left);
            case "~" -> Values.text(left) + Values.text(right);
            case "+" -> sum(left, right);
            case "-", "*", "/", "//", "%" -> reckon(operator, left, right);
            default -> throw new IllegalArgumentException("No operator " + operator);
        };
    }

    private static int compare(Object left, Object right) {
        return left instanceof String a && right instanceof String b
                ? a.compareTo(b)
                : Double.compare(Values.number(left), Values.number(right));
    }

    private static boolean contains(Object in, Object what) {
        return switch (in) {
            case String text -> text.contains(Values.string(what));
            case Map<?, ?> map -> map.containsKey(what);
            default -> Values.elements(in).stream().anyMatch(element -> Values.equal(element, what));
        };
    }

    private static Object sum(Object left, Object right) {
        if (left instanceof String a && right instanceof String b) {
            return a + b;
        }
        if (left instanceof List<?> a && right instanceof List<?> b) {
            List<Object> both = new ArrayList<>(a);
            both.addAll(b);
            return both;
        }
        return reckon("+", left, right);
    }

    private static Object reckon(String operator, Object left, Object right) {
        try {
            if (left instanceof Long a && right instanceof Long b && !operator.equals("/")) {
                return switch (operator) {
                    case "+" -> Math.addExact(a, b);
                    case "-" -> Math.subtractExact(a, b);
                    case "*" -> Math.multiplyExact(a, b);
                    case "//" -> Math.floorDiv(a, b);
                    default -> Math.floorMod(a, b);
                };
            }
        } catch (ArithmeticException e) {
            throw JinjaException.template("reckons beyond what whole numbers can hold: " + e.getMessage());
        }
        double a = Values.number(left);
        double b = Values.number(right);
        return switch (operator) {
            case "+" -> a + b;
            case "-" -> a - b;
            case "*" -> a * b;
            case "/" -> a / b;
            case "//" -> Math.floor(a / b);
            default -> a - b * Math.floor(a / b);
        };
    }
}
