package dev.apprentice.llm.internal.jinja;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Prints a template. One rendering each. */
final class Renderer {
    private final Budget budget;
    private final Evaluator evaluator;

    /** How a body came to its end. */
    private enum Flow {
        ON,
        BREAK,
        CONTINUE
    }

    Renderer(Budget budget) {
        this.budget = budget;
        this.evaluator = new Evaluator(budget);
    }

    String render(List<Node> nodes, Scope scope) {
        StringBuilder out = new StringBuilder();
        run(nodes, scope, out);
        return out.toString();
    }

    private Flow run(List<Node> nodes, Scope scope, StringBuilder out) {
        budget.enter();
        Flow end = runEach(nodes, scope, out);
        budget.leave();
        return end;
    }

    private Flow runEach(List<Node> nodes, Scope scope, StringBuilder out) {
        for (Node node : nodes) {
            budget.step();
            Flow flow = switch (node) {
                case Node.Text text -> print(text.text(), out);
                case Node.Print print -> {
                    Object value = evaluator.evaluate(print.value(), scope);
                    budget.weigh(value);
                    yield print(Values.text(value), out);
                }
                case Node.If choice -> run(branch(choice, scope), scope, out);
                case Node.For loop -> loop(loop, scope, out);
                case Node.Set set -> set(set, scope);
                case Node.Capture capture -> {
                    scope.set(capture.name(), render(capture.body(), scope));
                    yield Flow.ON;
                }
                case Node.Macro macro -> {
                    scope.set(macro.name(), function(macro, scope));
                    yield Flow.ON;
                }
                case Node.Group group -> run(group.body(), scope, out);
                case Node.Break _ -> Flow.BREAK;
                case Node.Continue _ -> Flow.CONTINUE;
            };
            if (flow != Flow.ON) {
                return flow;
            }
        }
        return Flow.ON;
    }

    private Flow print(String text, StringBuilder out) {
        budget.spend(text.length());
        out.append(text);
        return Flow.ON;
    }

    private List<Node> branch(Node.If choice, Scope scope) {
        return choice.branches().stream()
                .filter(branch -> Values.truth(evaluator.evaluate(branch.condition(), scope)))
                .findFirst()
                .map(Node.If.Branch::body)
                .orElse(choice.otherwise());
    }

    private Flow set(Node.Set set, Scope scope) {
        Object value = evaluator.evaluate(set.value(), scope);
        Optional<String> attribute = set.attribute();
        if (attribute.isEmpty()) {
            scope.set(set.name(), value);
        } else if (scope.get(set.name()) instanceof Values.Namespace namespace) {
            namespace.attributes().put(attribute.get(), value);
        } else {
            throw JinjaException.template("sets an attribute of " + set.name() + ", which is no namespace");
        }
        return Flow.ON;
    }

    private Flow loop(Node.For loop, Scope scope, StringBuilder out) {
        List<Scope> rounds = new ArrayList<>();
        List<Object> elements = new ArrayList<>();
        for (Object element : Values.elements(evaluator.evaluate(loop.over(), scope))) {
            Scope inner = scope.inner();
            bind(loop.names(), element, inner);
            if (loop.condition().isEmpty()
                    || Values.truth(evaluator.evaluate(loop.condition().get(), inner))) {
                rounds.add(inner);
                elements.add(element);
            }
        }
        if (rounds.isEmpty()) {
            return run(loop.otherwise(), scope, out);
        }
        for (int i = 0; i < rounds.size(); i++) {
            budget.step();
            rounds.get(i).set("loop", place(elements, i));
            if (run(loop.body(), rounds.get(i), out) == Flow.BREAK) {
                break;
            }
        }
        return Flow.ON;
    }

    private static void bind(List<String> names, Object element, Scope scope) {
        if (names.size() == 1) {
            scope.set(names.getFirst(), element);
            return;
        }
        List<Object> parts = Values.elements(element);
        if (parts.size() != names.size()) {
            throw JinjaException.template("takes " + parts.size() + " values apart into " + String.join(", ", names));
        }
        for (int i = 0; i < parts.size(); i++) {
            scope.set(names.get(i), parts.get(i));
        }
    }

    private static Map<String, Object> place(List<Object> elements, int index) {
        Map<String, Object> loop = new LinkedHashMap<>();
        loop.put("index", index + 1L);
        loop.put("index0", (long) index);
        loop.put("revindex", (long) elements.size() - index);
        loop.put("revindex0", elements.size() - index - 1L);
        loop.put("first", index == 0);
        loop.put("last", index == elements.size() - 1);
        loop.put("length", (long) elements.size());
        loop.put("previtem", index == 0 ? Absent.UNDEFINED : elements.get(index - 1));
        loop.put("nextitem", index == elements.size() - 1 ? Absent.UNDEFINED : elements.get(index + 1));
        return loop;
    }

    private Values.Function function(Node.Macro macro, Scope scope) {
        return (places, names) -> {
            Scope inner = scope.inner();
            for (int i = 0; i < macro.parameters().size(); i++) {
                Node.Macro.Parameter parameter = macro.parameters().get(i);
                inner.set(parameter.name(), argument(parameter, i, places, names, scope));
            }
            return render(macro.body(), inner);
        };
    }

    private Object argument(
            Node.Macro.Parameter parameter, int index, List<Object> places, Map<String, Object> names, Scope scope) {
        if (index < places.size()) {
            return places.get(index);
        }
        Object named = names.get(parameter.name());
        if (named != null) {
            return named;
        }
        return parameter
                .otherwise()
                .map(value -> evaluator.evaluate(value, scope))
                .orElse(Absent.UNDEFINED);
    }
}
