package dev.apprentice.learning.internal;

import dev.apprentice.learning.Experience;
import dev.apprentice.model.Tokenizer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Cuts files into experiences at line ends. The first quarter of a sequence repeats what stood before as its prompt, which does not
 * count in the loss; the rest is new and is its answer.
 */
final class Chunks {
    private final Tokenizer tokenizer;
    private final int contextTokens;
    private final int newTokens;

    Chunks(Tokenizer tokenizer, int sequenceLength) {
        this.tokenizer = tokenizer;
        this.contextTokens = sequenceLength / 4;
        this.newTokens = Math.max(1, sequenceLength - contextTokens - 1); // one for the token that starts a text
    }

    /** A file and the number of tokens of each of its lines. */
    record Counted(SourceFile file, List<Line> lines) {
        long tokens() {
            return lines.stream().mapToLong(Line::tokens).sum();
        }
    }

    /** A line, or a piece of one that alone would be too long. */
    record Line(String text, int tokens) {}

    Counted count(SourceFile file) {
        List<Line> lines = new ArrayList<>();
        file.lines().forEach(line -> addLine(line, lines));
        return new Counted(file, lines);
    }

    private void addLine(String line, List<Line> lines) {
        int tokens = tokenizer.encode(line).length;
        int middle = line.offsetByCodePoints(0, line.codePointCount(0, line.length()) / 2);
        if (tokens <= newTokens || middle == 0) {
            lines.add(new Line(line, tokens));
        } else {
            addLine(line.substring(0, middle), lines);
            addLine(line.substring(middle), lines);
        }
    }

    List<Experience> cut(Counted counted) {
        List<Experience> experiences = new ArrayList<>();
        List<Line> lines = counted.lines();
        int from = 0;
        while (from < lines.size()) {
            int to = from;
            for (int tokens = 0; to < lines.size() && tokens + lines.get(to).tokens() <= newTokens; to++) {
                tokens += lines.get(to).tokens();
            }
            to = Math.max(to, from + 1);
            String answer = text(lines, from, to);
            if (!answer.isBlank()) {
                experiences.add(new Experience(
                        text(lines, contextStart(lines, from), from),
                        answer,
                        Experience.Verdict.INGESTED,
                        "file:" + counted.file().path(),
                        Instant.ofEpochSecond(counted.file().seconds())));
            }
            from = to;
        }
        return experiences;
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
