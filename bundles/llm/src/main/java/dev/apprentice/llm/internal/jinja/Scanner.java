package dev.apprentice.llm.internal.jinja;

import java.util.ArrayList;
import java.util.List;

/**
 * Cuts a template into text, expressions and tags, and takes white space away as Hugging Face's settings say: the line break after a tag
 * ({@code trim_blocks}), blanks before a tag that begins a line ({@code lstrip_blocks}), one line break at the end, and all white space
 * on the side of a minus.
 */
final class Scanner {
    private final String source;
    private final List<Piece> pieces = new ArrayList<>();
    private int at;
    private int counted;
    private int line = 1;

    private Scanner(String source) {
        this.source = source;
    }

    static List<Piece> scan(String template) {
        String text = template.replace("\r\n", "\n");
        Scanner scanner = new Scanner(text.endsWith("\n") ? text.substring(0, text.length() - 1) : text);
        scanner.run();
        return scanner.pieces;
    }

    private void run() {
        boolean stripNext = false;
        boolean breakNext = false;
        while (true) {
            int open = nextMark();
            String text = source.substring(at, open);
            if (breakNext && text.startsWith("\n")) {
                text = text.substring(1);
            }
            if (stripNext) {
                text = text.stripLeading();
            }
            if (open == source.length()) {
                add(Piece.Kind.TEXT, text, at);
                return;
            }
            char mark = source.charAt(open + 1);
            char control = open + 2 < source.length() ? source.charAt(open + 2) : ' ';
            if (control == '-') {
                text = text.stripTrailing();
            } else if (mark != '{' && control != '+') {
                text = withoutIndent(text, open);
            }
            add(Piece.Kind.TEXT, text, at);
            int inside = open + 2 + (control == '-' || control == '+' ? 1 : 0);
            int close = mark == '#' ? source.indexOf("#}", inside) : close(inside, mark == '{' ? "}}" : "%}");
            if (close < 0) {
                throw JinjaException.template("opens something in line " + line(open) + " and does not close it");
            }
            char last = close > inside ? source.charAt(close - 1) : ' ';
            int end = last == '-' || last == '+' ? close - 1 : close;
            if (mark != '#') {
                add(mark == '{' ? Piece.Kind.PRINT : Piece.Kind.TAG, source.substring(inside, end), open);
            }
            stripNext = last == '-';
            breakNext = mark != '{' && last != '+';
            at = close + 2;
        }
    }

    private int nextMark() {
        for (int i = at; i + 1 < source.length(); i++) {
            if (source.charAt(i) == '{' && "{%#".indexOf(source.charAt(i + 1)) >= 0) {
                return i;
            }
        }
        return source.length();
    }

    /** Where the mark stands that is neither within quotes nor within braces; −1 if nowhere. */
    private int close(int from, String mark) {
        int depth = 0;
        for (int i = from; i < source.length(); i++) {
            char c = source.charAt(i);
            if (depth == 0 && source.startsWith(mark, i)) {
                return i;
            }
            switch (c) {
                case '\'', '"' -> {
                    i = endOfQuotes(i);
                    if (i < 0) {
                        return -1;
                    }
                }
                case '{', '[', '(' -> depth++;
                case '}', ']', ')' -> depth--;
                default -> {}
            }
        }
        return -1;
    }

    private int endOfQuotes(int open) {
        for (int i = open + 1; i < source.length(); i++) {
            if (source.charAt(i) == '\\') {
                i++;
            } else if (source.charAt(i) == source.charAt(open)) {
                return i;
            }
        }
        return -1;
    }

    /** Without the blanks before a tag if nothing else stands before it in its line. */
    private String withoutIndent(String text, int open) {
        int end = text.length();
        while (end > 0 && (text.charAt(end - 1) == ' ' || text.charAt(end - 1) == '\t')) {
            end--;
        }
        int lineStart = open - (text.length() - end);
        boolean begins = lineStart == 0 || source.charAt(lineStart - 1) == '\n';
        return begins ? text.substring(0, end) : text;
    }

    private void add(Piece.Kind kind, String text, int from) {
        if (kind != Piece.Kind.TEXT || !text.isEmpty()) {
            pieces.add(new Piece(kind, text, line(from)));
        }
    }

    /** Positions are asked for in rising order. */
    private int line(int position) {
        while (counted < position) {
            line += source.charAt(counted++) == '\n' ? 1 : 0;
        }
        return line;
    }
}
