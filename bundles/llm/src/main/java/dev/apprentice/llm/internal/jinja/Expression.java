package dev.apprentice.llm.internal.jinja;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What stands between double braces and in tags. */
sealed interface Expression {
    record Literal(Object value) implements Expression {}

    record Name(String name) implements Expression {}

    record ListOf(List<Expression> items) implements Expression {}

    record MapOf(List<Map.Entry<Expression, Expression>> entries) implements Expression {}

    record Attribute(Expression of, String name) implements Expression {}

    record Item(Expression of, Expression key) implements Expression {}

    record Slice(Expression of, Optional<Expression> from, Optional<Expression> to, Optional<Expression> step)
            implements Expression {}

    record Call(Expression function, Arguments arguments) implements Expression {}

    record Filter(Expression of, String name, Arguments arguments) implements Expression {}

    record Test(Expression of, String name, Arguments arguments) implements Expression {}

    record Not(Expression of) implements Expression {}

    record Minus(Expression of) implements Expression {}

    record Both(Expression left, Expression right) implements Expression {}

    record Either(Expression left, Expression right) implements Expression {}

    /** @param operator one of == != &lt; &gt; &lt;= &gt;= in + - ~ * / // % */
    record Binary(String operator, Expression left, Expression right) implements Expression {}

    record Choice(Expression then, Expression condition, Optional<Expression> otherwise) implements Expression {}

    /** By place, and then by name. */
    record Arguments(List<Expression> places, Map<String, Expression> names) {
        static final Arguments NONE = new Arguments(List.of(), Map.of());
    }
}
