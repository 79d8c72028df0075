package dev.apprentice.llm.internal.jinja;

import dev.apprentice.llm.internal.jinja.Expression.Arguments;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads expressions, what binds least first. */
final class ExpressionParser {
    private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", ">", "<=", ">=");
    private static final int DEEPEST = 100;

    private final Tokens tokens;
    private int depth;

    ExpressionParser(Tokens tokens) {
        this.tokens = tokens;
    }

    /** An expression, with {@code if} and {@code else} if they follow. */
    Expression expression() {
        if (++depth > DEEPEST) {
            throw JinjaException.template("nests expressions too deeply");
        }
        Expression value = either();
        if (tokens.accept("if")) {
            Expression condition = either();
            value = new Expression.Choice(
                    value, condition, tokens.accept("else") ? Optional.of(expression()) : Optional.empty());
        }
        depth--;
        return value;
    }

    /** An expression that {@code if} does not belong to, as after {@code in} of a loop. */
    Expression either() {
        Expression left = both();
        while (tokens.accept("or")) {
            left = new Expression.Either(left, both());
        }
        return left;
    }

    private Expression both() {
        Expression left = not();
        while (tokens.accept("and")) {
            left = new Expression.Both(left, not());
        }
        return left;
    }

    private Expression not() {
        int count = 0;
        while (tokens.accept("not")) {
            count++;
        }
        Expression value = comparison();
        return switch (count) {
            case 0 -> value;
            default -> count % 2 == 1 ? new Expression.Not(value) : new Expression.Not(new Expression.Not(value));
        };
    }

    private Expression comparison() {
        Expression left = sum();
        while (true) {
            if (COMPARISONS.contains(tokens.peek().text()) && tokens.peek().kind() == Tokens.Token.Kind.SIGN) {
                left = new Expression.Binary(tokens.next().text(), left, sum());
            } else if (tokens.accept("in")) {
                left = new Expression.Binary("in", left, sum());
            } else if (tokens.sees("not", "in")) {
                tokens.next();
                tokens.next();
                left = new Expression.Not(new Expression.Binary("in", left, sum()));
            } else {
                return left;
            }
        }
    }

    private Expression sum() {
        Expression left = joined();
        while (tokens.sees("+") || tokens.sees("-")) {
            left = new Expression.Binary(tokens.next().text(), left, joined());
        }
        return left;
    }

    private Expression joined() {
        Expression left = product();
        while (tokens.accept("~")) {
            left = new Expression.Binary("~", left, product());
        }
        return left;
    }

    private Expression product() {
        Expression left = unary();
        while (tokens.sees("*") || tokens.sees("/") || tokens.sees("//") || tokens.sees("%")) {
            left = new Expression.Binary(tokens.next().text(), left, unary());
        }
        return left;
    }

    private Expression unary() {
        boolean minus = tokens.accept("-");
        Expression value = postfix(primary());
        while (true) {
            if (tokens.accept("|")) {
                String name = tokens.name();
                value = new Expression.Filter(value, name, tokens.sees("(") ? arguments() : Arguments.NONE);
            } else if (tokens.accept("is")) {
                boolean not = tokens.accept("not");
                Expression test = new Expression.Test(value, tokens.name(), testArguments());
                value = not ? new Expression.Not(test) : test;
            } else {
                return minus ? new Expression.Minus(value) : value;
            }
        }
    }

    /** In parentheses, or one value right after the name of the test. */
    private Arguments testArguments() {
        if (tokens.sees("(")) {
            return arguments();
        }
        return switch (tokens.peek().kind()) {
            case TEXT, NUMBER -> new Arguments(List.of(primary()), Map.of());
            case NAME, SIGN, END -> Arguments.NONE;
        };
    }

    private Expression postfix(Expression first) {
        Expression value = first;
        while (true) {
            if (tokens.accept(".")) {
                value = new Expression.Attribute(value, tokens.name());
            } else if (tokens.sees("[")) {
                value = item(value);
            } else if (tokens.sees("(")) {
                value = new Expression.Call(value, arguments());
            } else {
                return value;
            }
        }
    }

    private Expression item(Expression of) {
        tokens.expect("[");
        Optional<Expression> from = bound();
        if (tokens.accept("]")) {
            return new Expression.Item(of, from.orElseThrow(() -> JinjaException.template("has empty brackets")));
        }
        tokens.expect(":");
        Optional<Expression> to = bound();
        Optional<Expression> step = tokens.accept(":") ? bound() : Optional.empty();
        tokens.expect("]");
        return new Expression.Slice(of, from, to, step);
    }

    private Optional<Expression> bound() {
        return tokens.sees(":") || tokens.sees("]") ? Optional.empty() : Optional.of(expression());
    }

    private Arguments arguments() {
        tokens.expect("(");
        List<Expression> places = new ArrayList<>();
        Map<String, Expression> names = new LinkedHashMap<>();
        while (!tokens.accept(")")) {
            if (tokens.peek().kind() == Tokens.Token.Kind.NAME
                    && tokens.sees(tokens.peek().text(), "=")) {
                String name = tokens.name();
                tokens.expect("=");
                names.put(name, expression());
            } else {
                places.add(expression());
            }
            if (!tokens.sees(")")) {
                tokens.expect(",");
            }
        }
        return new Arguments(List.copyOf(places), names);
    }

    private Expression primary() {
        Tokens.Token token = tokens.next();
        return switch (token.kind()) {
            case NAME -> named(token.text());
            case NUMBER ->
                new Expression.Literal(
                        token.text().contains(".")
                                ? (Object) Double.valueOf(token.text())
                                : (Object) Long.valueOf(token.text()));
            case TEXT -> {
                StringBuilder text = new StringBuilder(token.text());
                while (tokens.peek().kind() == Tokens.Token.Kind.TEXT) {
                    text.append(tokens.next().text());
                }
                yield new Expression.Literal(text.toString());
            }
            case SIGN -> bracketed(token.text());
            case END -> throw JinjaException.template("ends where a value should be");
        };
    }

    private static Expression named(String name) {
        return switch (name) {
            case "true", "True" -> new Expression.Literal(true);
            case "false", "False" -> new Expression.Literal(false);
            case "none", "None" -> new Expression.Literal(Absent.NONE);
            default -> new Expression.Name(name);
        };
    }

    private Expression bracketed(String sign) {
        return switch (sign) {
            case "[" -> new Expression.ListOf(items("]"));
            case "{" -> map();
            case "(" -> {
                Expression first = expression();
                if (tokens.accept(")")) {
                    yield first;
                }
                tokens.expect(",");
                List<Expression> items = new ArrayList<>(List.of(first));
                items.addAll(items(")"));
                yield new Expression.ListOf(items);
            }
            default -> throw JinjaException.template("has '" + sign + "' where a value should be");
        };
    }

    private List<Expression> items(String close) {
        List<Expression> items = new ArrayList<>();
        while (!tokens.accept(close)) {
            items.add(expression());
            if (!tokens.sees(close)) {
                tokens.expect(",");
            }
        }
        return items;
    }

    private Expression map() {
        List<Map.Entry<Expression, Expression>> entries = new ArrayList<>();
        while (!tokens.accept("}")) {
            Expression key = expression();
            tokens.expect(":");
            entries.add(Map.entry(key, expression()));
            if (!tokens.sees("}")) {
                tokens.expect(",");
            }
        }
        return new Expression.MapOf(entries);
    }
}
