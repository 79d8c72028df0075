package dev.apprentice.llm.internal.jinja;

import java.util.List;
import java.util.Optional;

/** A part of a template. */
sealed interface Node {
    record Text(String text) implements Node {}

    record Print(Expression value) implements Node {}

    record If(List<Branch> branches, List<Node> otherwise) implements Node {
        record Branch(Expression condition, List<Node> body) {}
    }

    /** @param names one, or several that take an element apart */
    record For(
            List<String> names, Expression over, Optional<Expression> condition, List<Node> body, List<Node> otherwise)
            implements Node {}

    /** @param attribute of a namespace */
    record Set(String name, Optional<String> attribute, Expression value) implements Node {}

    /** Sets a name to what the body prints. */
    record Capture(String name, List<Node> body) implements Node {}

    record Macro(String name, List<Parameter> parameters, List<Node> body) implements Node {
        record Parameter(String name, Optional<Expression> otherwise) {}
    }

    /** The body as it is, where only other programs need to know where it begins and ends. */
    record Group(List<Node> body) implements Node {}

    record Break() implements Node {}

    record Continue() implements Node {}
}
