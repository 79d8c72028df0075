package dev.apprentice.learning.internal;

import java.util.ArrayList;
import java.util.List;

/**
 * One place where the next line is asked for.
 *
 * @param file in which it is
 * @param at where in the file's text it begins, after its indentation but for the last blank: the tokenizer joins that to the first word
 * @param line without blanks around it
 */
record NextLine(HeldOut file, int at, String line) {
    private static final int FIRST_LINE = 5; // counted from 0: some text must stand before it
    private static final int SHORTEST = 8;
    private static final int LONGEST = 120;

    /** The file's text up to the line. */
    String before() {
        return file.text().substring(0, at);
    }

    /** So many places, or all there are, spread evenly over the lines that count. */
    static List<NextLine> spread(List<HeldOut> files, int count) {
        List<NextLine> all = new ArrayList<>();
        files.forEach(file -> collect(file, all));
        if (all.size() <= count) {
            return all;
        }
        List<NextLine> chosen = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            chosen.add(all.get((int) ((long) i * all.size() / count)));
        }
        return chosen;
    }

    private static void collect(HeldOut file, List<NextLine> places) {
        int start = 0;
        String document = file.text();
        List<String> lines = document.lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            if (i >= FIRST_LINE && file.counts(i) && worthwhile(line.strip())) {
                int word = start + line.length() - line.stripLeading().length();
                int end = word > start && document.charAt(word - 1) == ' ' ? word - 1 : word;
                places.add(new NextLine(file, end, line.strip()));
            }
            start += line.length() + 1;
        }
    }

    private static boolean worthwhile(String line) {
        return line.length() >= SHORTEST
                && line.length() <= LONGEST
                && !line.startsWith("import ")
                && !line.startsWith("package ")
                && !line.startsWith("/")
                && !line.startsWith("*")
                && line.chars().anyMatch(Character::isLetter);
    }
}
