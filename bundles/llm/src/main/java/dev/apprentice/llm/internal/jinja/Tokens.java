package dev.apprentice.llm.internal.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The words of an expression or a tag, and how far they are read. */
final class Tokens {
    private static final Pattern TOKEN = Pattern.compile(
            "(?<blank>\\s++)|(?:(?<name>[A-Za-z_]\\w*)|(?<number>\\d{1,18}(?:\\.\\d{1,18})?)"
                    + "|(?<sign>==|!=|<=|>=|//|[-+*/%~<>=.,:|()\\[\\]{}]))",
            Pattern.DOTALL);

    private final List<Token> tokens = new ArrayList<>();
    private int at;

    /** A word. */
    record Token(Kind kind, String text) {
        enum Kind {
            NAME,
            NUMBER,
            TEXT,
            SIGN,
            END
        }
    }

    Tokens(String source) {
        String text = source.strip();
        Matcher matcher = TOKEN.matcher(text);
        int end = 0;
        while (end < text.length()) {
            if (text.charAt(end) == '\'' || text.charAt(end) == '"') {
                end = quoted(text, end);
                continue;
            }
            matcher.region(end, text.length());
            if (!matcher.lookingAt()) {
                throw JinjaException.template("has " + text.substring(end, Math.min(end + 12, text.length()))
                        + " where an expression should go on");
            }
            if (matcher.end("blank") == matcher.end()) {
                end = matcher.end();
                continue;
            }
            tokens.add(token(matcher));
            end = matcher.end();
        }
        tokens.add(new Token(Token.Kind.END, ""));
    }

    private static Token token(Matcher matcher) {
        if (matcher.group("name") != null) {
            return new Token(Token.Kind.NAME, matcher.group("name"));
        }
        if (matcher.group("number") != null) {
            return new Token(Token.Kind.NUMBER, matcher.group("number"));
        }
        return new Token(Token.Kind.SIGN, matcher.group("sign"));
    }

    /** Adds the text in quotes; where it has ended. */
    private int quoted(String source, int open) {
        int close = open + 1;
        while (close < source.length() && source.charAt(close) != source.charAt(open)) {
            close += source.charAt(close) == '\\' ? 2 : 1;
        }
        if (close >= source.length()) {
            throw JinjaException.template("has a text without an end");
        }
        tokens.add(new Token(Token.Kind.TEXT, unescaped(source.substring(open + 1, close))));
        return close + 1;
    }

    private static String unescaped(String text) {
        StringBuilder plain = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '\\') {
                plain.append(c);
                continue;
            }
            char escaped = text.charAt(++i);
            switch (escaped) {
                case 'n' -> plain.append('\n');
                case 't' -> plain.append('\t');
                case 'r' -> plain.append('\r');
                case '\\', '\'', '"' -> plain.append(escaped);
                case 'u' -> {
                    plain.append(hex(text, i + 1));
                    i += 4;
                }
                default -> plain.append('\\').append(escaped);
            }
        }
        return plain.toString();
    }

    private static char hex(String text, int from) {
        String digits = text.substring(from, Math.min(from + 4, text.length()));
        if (!digits.matches("[0-9A-Fa-f]{4}")) {
            throw JinjaException.template("has the escape \\u" + digits + ", which is not four hexadecimal digits");
        }
        return (char) Integer.parseInt(digits, 16);
    }

    Token peek() {
        return tokens.get(at);
    }

    Token next() {
        Token token = tokens.get(at);
        if (token.kind() != Token.Kind.END) {
            at++;
        }
        return token;
    }

    /** Whether this sign or word comes next. */
    boolean sees(String text) {
        Token token = peek();
        return (token.kind() == Token.Kind.SIGN || token.kind() == Token.Kind.NAME)
                && token.text().equals(text);
    }

    /** Whether these two come next. */
    boolean sees(String first, String second) {
        return sees(first) && tokens.get(at + 1).text().equals(second);
    }

    /** Reads this sign or word if it comes next. */
    boolean accept(String text) {
        boolean seen = sees(text);
        if (seen) {
            at++;
        }
        return seen;
    }

    void expect(String text) {
        if (!accept(text)) {
            throw JinjaException.template("has '" + peek().text() + "' where '" + text + "' should be");
        }
    }

    String name() {
        Token token = next();
        if (token.kind() != Token.Kind.NAME) {
            throw JinjaException.template("has '" + token.text() + "' where a name should be");
        }
        return token.text();
    }

    void end() {
        if (peek().kind() != Token.Kind.END) {
            throw JinjaException.template("has '" + peek().text() + "' where nothing should follow");
        }
    }
}
