package dev.apprentice.llm.internal.jinja;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds what expressions stand for. */
record Evaluator(Budget budget) {

    Object evaluate(Expression expression, Scope scope) {
        budget.step();
        budget.enter();
        Object value = paid(
                switch (expression) {
                    case Expression.Literal literal -> literal.value();
                    case Expression.Name name -> scope.get(name.name());
                    case Expression.ListOf list -> all(list.items(), scope);
                    case Expression.MapOf map -> map(map, scope);
                    case Expression.Attribute attribute -> attribute(evaluate(attribute.of(), scope), attribute.name());
                    case Expression.Item item -> item(evaluate(item.of(), scope), evaluate(item.key(), scope));
                    case Expression.Slice slice -> slice(slice, scope);
                    case Expression.Call call -> call(call, scope);
                    case Expression.Filter filter -> filter(filter, scope);
                    case Expression.Test test -> {
                        Object of = evaluate(test.of(), scope);
                        List<Object> arguments = all(test.arguments().places(), scope);
                        if (!arguments.isEmpty()) {
                            budget.weigh(of);
                            arguments.forEach(budget::weigh);
                        }
                        yield Tests.holds(of, test.name(), arguments);
                    }
                    case Expression.Not not -> !Values.truth(evaluate(not.of(), scope));
                    case Expression.Minus minus -> {
                        Object of = evaluate(minus.of(), scope);
                        yield of instanceof Long whole ? (Object) (-whole) : (Object) (-Values.number(of));
                    }
                    case Expression.Both both -> {
                        Object left = evaluate(both.left(), scope);
                        yield Values.truth(left) ? evaluate(both.right(), scope) : left;
                    }
                    case Expression.Either either -> {
                        Object left = evaluate(either.left(), scope);
                        yield Values.truth(left) ? left : evaluate(either.right(), scope);
                    }
                    case Expression.Binary binary -> {
                        Object left = evaluate(binary.left(), scope);
                        Object right = evaluate(binary.right(), scope);
                        if (!binary.operator().equals("+")) {
                            budget.weigh(left);
                            budget.weigh(right);
                        }
                        yield Operators.apply(binary.operator(), left, right);
                    }
                    case Expression.Choice choice -> {
                        if (Values.truth(evaluate(choice.condition(), scope))) {
                            yield evaluate(choice.then(), scope);
                        }
                        Optional<Expression> otherwise = choice.otherwise();
                        yield otherwise.isPresent() ? evaluate(otherwise.get(), scope) : Absent.UNDEFINED;
                    }
                });
        budget.leave();
        return value;
    }

    private Object filter(Expression.Filter filter, Scope scope) {
        Object of = evaluate(filter.of(), scope);
        List<Object> places = all(filter.arguments().places(), scope);
        switch (filter.name()) {
            case "length",
                    "count",
                    "first",
                    "last",
                    "list",
                    "default",
                    "d",
                    "items" -> {} // these only touch the surface
            case "join", "replace" -> {
                budget.weigh(of);
                payForGrowth(of, places);
            }
            default -> budget.weigh(of);
        }
        return Filters.apply(of, filter.name(), places, named(filter.arguments(), scope));
    }

    /** A text that comes once for each element or character of another. */
    private void payForGrowth(Object of, List<Object> arguments) {
        for (Object argument : arguments) {
            if (argument instanceof String text) {
                long times = of instanceof String other
                        ? other.length() + 1
                        : Values.elements(of).size();
                budget.spend(times * text.length());
            } else {
                budget.weigh(argument);
            }
        }
    }

    /** What was made is paid for by its size, so that nothing grows without end. */
    private Object paid(Object value) {
        budget.spend(
                switch (value) {
                    case String text -> text.length();
                    case List<?> list -> list.size();
                    case Map<?, ?> map -> map.size();
                    default -> 0;
                });
        return value;
    }

    private List<Object> all(List<Expression> expressions, Scope scope) {
        List<Object> values = new ArrayList<>();
        expressions.forEach(expression -> values.add(evaluate(expression, scope)));
        return values;
    }

    private Map<String, Object> named(Expression.Arguments arguments, Scope scope) {
        Map<String, Object> values = new LinkedHashMap<>();
        arguments.names().forEach((name, expression) -> values.put(name, evaluate(expression, scope)));
        return values;
    }

    private Object map(Expression.MapOf map, Scope scope) {
        Map<String, Object> values = new LinkedHashMap<>();
        map.entries()
                .forEach(entry ->
                        values.put(Values.text(evaluate(entry.getKey(), scope)), evaluate(entry.getValue(), scope)));
        return values;
    }

    private static Object attribute(Object of, String name) {
        Object found = switch (of) {
            case Map<?, ?> map -> map.get(name);
            case Values.Namespace namespace -> namespace.attributes().get(name);
            case Absent _ -> throw JinjaException.template("asks " + Values.kind(of) + " for its " + name);
            default -> null;
        };
        return found == null ? Absent.UNDEFINED : found;
    }

    private Object item(Object of, Object key) {
        if (of instanceof Map<?, ?> || of instanceof Values.Namespace || of instanceof Absent) {
            return attribute(of, Values.text(key));
        }
        if (of instanceof String text) {
            budget.spend(text.length()); // which is taken apart
        }
        List<Object> elements = Values.elements(of);
        long index = Values.whole(key);
        long place = index < 0 ? index + elements.size() : index;
        return place < 0 || place >= elements.size() ? Absent.UNDEFINED : elements.get((int) place);
    }

    /** As Python cuts: bounds beyond the ends are the ends, negative ones count from the last. */
    private Object slice(Expression.Slice slice, Scope scope) {
        Object of = evaluate(slice.of(), scope);
        List<Object> elements = Values.elements(of);
        int size = elements.size();
        long step = bound(slice.step(), scope).orElse(1L);
        if (step == 0) {
            throw JinjaException.template("slices by steps of 0");
        }
        long first = step > 0 ? 0 : -1; // the least and largest place there is to begin or end at
        long last = step > 0 ? size : size - 1;
        long from = bound(slice.from(), scope)
                .map(at -> place(at, size, first, last))
                .orElse(step > 0 ? first : last);
        long to =
                bound(slice.to(), scope).map(at -> place(at, size, first, last)).orElse(step > 0 ? last : first);
        List<Object> chosen = new ArrayList<>();
        for (long i = from; step > 0 ? i < to : i > to; i += step) {
            chosen.add(elements.get((int) i));
        }
        return of instanceof String
                ? String.join("", chosen.stream().map(Values::string).toList())
                : chosen;
    }

    private static long place(long at, int size, long first, long last) {
        return Math.clamp(at < 0 ? at + size : at, first, last);
    }

    private Optional<Long> bound(Optional<Expression> expression, Scope scope) {
        return expression
                .map(bound -> evaluate(bound, scope))
                .filter(value -> value != Absent.NONE)
                .map(value -> Math.clamp(Values.whole(value), -1_000_000_000L, 1_000_000_000L));
    }

    private Object call(Expression.Call call, Scope scope) {
        List<Object> places = all(call.arguments().places(), scope);
        Map<String, Object> names = named(call.arguments(), scope);
        if (call.function() instanceof Expression.Attribute method) {
            return method(evaluate(method.of(), scope), method.name(), places, names);
        }
        return function(evaluate(call.function(), scope), places, names);
    }

    private Object method(Object of, String name, List<Object> places, Map<String, Object> names) {
        return switch (of) {
            case String text -> {
                budget.weigh(places);
                switch (name) {
                    case "replace" -> payForGrowth(text, places);
                    case "join" -> places.forEach(elements -> payForGrowth(elements, List.of(text)));
                    default -> {}
                }
                yield TextMethods.call(text, name, places);
            }
            case Map<?, ?> map ->
                switch (name) {
                    case "items" -> Values.items(map);
                    case "keys" -> Values.elements(map);
                    case "values" -> new ArrayList<Object>(map.values());
                    case "get" -> {
                        Object found = map.get(Values.text(Filters.argument(places, 0)));
                        yield found != null ? found : places.size() > 1 ? places.get(1) : Absent.NONE;
                    }
                    default -> function(attribute(map, name), places, names);
                };
            default -> function(attribute(of, name), places, names);
        };
    }

    private Object function(Object function, List<Object> places, Map<String, Object> names) {
        if (!(function instanceof Values.Function callable)) {
            throw JinjaException.template("calls " + Values.kind(function));
        }
        budget.enter();
        Object result = callable.call(places, names);
        budget.leave();
        return result;
    }
}
