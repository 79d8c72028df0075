package dev.apprentice.llm.internal.jinja;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads templates. */
final class TemplateParser {
    private static final int DEEPEST = 64;

    private final List<Piece> pieces;
    private int at;
    private int depth;

    private TemplateParser(List<Piece> pieces) {
        this.pieces = pieces;
    }

    static List<Node> parse(String template) {
        TemplateParser parser = new TemplateParser(Scanner.scan(template));
        try {
            return parser.body(Set.of());
        } catch (JinjaException e) {
            Piece last = parser.pieces.get(Math.max(0, parser.at - 1));
            throw new JinjaException(e.kind(), e.getMessage() + " (line " + last.line() + ")");
        }
    }

    /** Nodes up to a tag of one of these names, which is not read; without names, up to the end. */
    private List<Node> body(Set<String> ends) {
        if (++depth > DEEPEST) {
            throw JinjaException.template("nests tags too deeply");
        }
        List<Node> nodes = new ArrayList<>();
        while (at < pieces.size()) {
            Piece piece = pieces.get(at);
            switch (piece.kind()) {
                case TEXT -> nodes.add(new Node.Text(piece.text()));
                case PRINT -> {
                    Tokens tokens = new Tokens(piece.text());
                    nodes.add(new Node.Print(new ExpressionParser(tokens).expression()));
                    tokens.end();
                }
                case TAG -> {
                    Tokens tokens = new Tokens(piece.text());
                    if (ends.contains(tokens.peek().text())) {
                        depth--;
                        return nodes;
                    }
                    at++;
                    nodes.add(tag(tokens));
                    continue;
                }
            }
            at++;
        }
        if (!ends.isEmpty()) {
            throw JinjaException.template(
                    "ends before " + String.join(" or ", ends.stream().sorted().toList()));
        }
        depth--;
        return nodes;
    }

    private Node tag(Tokens tokens) {
        String name = tokens.name();
        Node node = switch (name) {
            case "if" -> condition(tokens);
            case "for" -> loop(tokens);
            case "set" -> assignment(tokens);
            case "macro" -> macro(tokens);
            case "generation" -> {
                tokens.end();
                yield new Node.Group(bodyUpTo("endgeneration"));
            }
            case "break" -> new Node.Break();
            case "continue" -> new Node.Continue();
            default ->
                throw JinjaException.template("has the tag " + name
                        + ", but only if, for, set, macro, generation, break and continue are supported");
        };
        tokens.end();
        return node;
    }

    private Node condition(Tokens first) {
        List<Node.If.Branch> branches = new ArrayList<>();
        Tokens tokens = first;
        while (true) {
            Expression condition = new ExpressionParser(tokens).expression();
            tokens.end();
            branches.add(new Node.If.Branch(condition, body(Set.of("elif", "else", "endif"))));
            tokens = tag();
            switch (tokens.name()) {
                case "elif" -> {}
                case "else" -> {
                    tokens.end();
                    return new Node.If(branches, bodyUpTo("endif"));
                }
                default -> {
                    tokens.end();
                    return new Node.If(branches, List.of());
                }
            }
        }
    }

    private Node loop(Tokens tokens) {
        List<String> names = new ArrayList<>(List.of(tokens.name()));
        while (tokens.accept(",")) {
            names.add(tokens.name());
        }
        tokens.expect("in");
        Expression over = new ExpressionParser(tokens).either();
        Optional<Expression> condition =
                tokens.accept("if") ? Optional.of(new ExpressionParser(tokens).expression()) : Optional.empty();
        tokens.end();
        List<Node> body = body(Set.of("else", "endfor"));
        Tokens end = tag();
        List<Node> otherwise = end.name().equals("else") ? bodyUpTo("endfor") : List.of();
        return new Node.For(names, over, condition, body, otherwise);
    }

    private Node assignment(Tokens tokens) {
        String name = tokens.name();
        Optional<String> attribute = tokens.accept(".") ? Optional.of(tokens.name()) : Optional.empty();
        if (tokens.accept("=")) {
            return new Node.Set(name, attribute, new ExpressionParser(tokens).expression());
        }
        tokens.end();
        return new Node.Capture(name, bodyUpTo("endset"));
    }

    private Node macro(Tokens tokens) {
        String name = tokens.name();
        tokens.expect("(");
        List<Node.Macro.Parameter> parameters = new ArrayList<>();
        while (!tokens.accept(")")) {
            String parameter = tokens.name();
            parameters.add(new Node.Macro.Parameter(
                    parameter,
                    tokens.accept("=") ? Optional.of(new ExpressionParser(tokens).expression()) : Optional.empty()));
            if (!tokens.sees(")")) {
                tokens.expect(",");
            }
        }
        tokens.end();
        return new Node.Macro(name, parameters, bodyUpTo("endmacro"));
    }

    private List<Node> bodyUpTo(String... ends) {
        List<Node> body = body(Set.copyOf(Arrays.asList(ends)));
        tag();
        return body;
    }

    /** Reads the tag at hand. */
    private Tokens tag() {
        return new Tokens(pieces.get(at++).text());
    }
}
