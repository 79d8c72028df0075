package dev.apprentice.learning.internal;

import dev.apprentice.model.Tokenizer;
import java.util.ArrayList;
import java.util.List;

/**
 * Cuts files at line ends into pieces that fit one sequence. The first part of a sequence repeats what stood before, which does not
 * count in the loss; the rest is new.
 */
final class Chunks {
    /** Tokens of a sequence to measure on. */
    static final int MEASURED = 512;

    private final Tokenizer tokenizer;
    private final int contextTokens;
    private final int newTokens;

    private Chunks(Tokenizer tokenizer, int sequenceLength, int contextTokens) {
        this.tokenizer = tokenizer;
        this.contextTokens = contextTokens;
        this.newTokens = Math.max(1, sequenceLength - contextTokens - 1); // one for the token that starts a text
    }

    /** Pieces to learn from: a quarter of a sequence is context. */
    static Chunks toLearn(Tokenizer tokenizer, int sequenceLength) {
        return new Chunks(tokenizer, sequenceLength, sequenceLength / 4);
    }

    /** Pieces to measure on: half of a sequence is context, so that every token has some. */
    static Chunks toMeasure(Tokenizer tokenizer) {
        return new Chunks(tokenizer, MEASURED, MEASURED / 2);
    }

    /**
     * A piece of a file.
     *
     * @param before what stands before it, as much as is wanted for context
     * @param tokens of the text
     */
    record Piece(String before, String text, LineRange lines, int tokens) {}

    /** A line of a file, or a part of one that alone would be too long. */
    private record Line(int number, String text, int tokens) {}

    /** Some lines of a text, without pieces of blank lines alone. */
    List<Piece> pieces(String text, List<LineRange> ranges) {
        List<Line> lines = lines(text);
        List<Piece> pieces = new ArrayList<>();
        int from = 0;
        for (LineRange range : ranges) {
            while (from < lines.size() && lines.get(from).number() < range.from()) {
                from++;
            }
            while (from < lines.size() && lines.get(from).number() < range.to()) {
                int to = from;
                int tokens = 0;
                do {
                    tokens += lines.get(to).tokens();
                    to++;
                } while (to < lines.size()
                        && lines.get(to).number() < range.to()
                        && tokens + lines.get(to).tokens() <= newTokens);
                String piece = text(lines, from, to);
                if (!piece.isBlank()) {
                    LineRange covered = new LineRange(
                            lines.get(from).number(), lines.get(to - 1).number() + 1);
                    pieces.add(new Piece(text(lines, contextStart(lines, from), from), piece, covered, tokens));
                }
                from = to;
            }
        }
        return pieces;
    }

    private List<Line> lines(String text) {
        List<Line> lines = new ArrayList<>();
        int number = 0;
        for (String line : text.lines().toList()) {
            addLine(number++, line + "\n", lines);
        }
        return lines;
    }

    private void addLine(int number, String line, List<Line> lines) {
        int tokens = tokenizer.encode(line).length;
        int middle = line.offsetByCodePoints(0, line.codePointCount(0, line.length()) / 2);
        if (tokens <= newTokens || middle == 0) {
            lines.add(new Line(number, line, tokens));
        } else {
            addLine(number, line.substring(0, middle), lines);
            addLine(number, line.substring(middle), lines);
        }
    }

    private int contextStart(List<Line> lines, int end) {
        int start = end;
        for (int tokens = 0; start > 0 && tokens + lines.get(start - 1).tokens() <= contextTokens; start--) {
            tokens += lines.get(start - 1).tokens();
        }
        return start;
    }

    private static String text(List<Line> lines, int from, int to) {
        StringBuilder text = new StringBuilder();
        lines.subList(from, to).forEach(line -> text.append(line.text()));
        return text.toString();
    }
}
