package dev.apprentice.market.internal;

import dev.apprentice.market.CatalogueEntry;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * An inverted index in memory: each word, in alphabetical order, with the documents that have it and the best field it stands in. A
 * word that was asked for is looked up by halving, and the words that it begins follow one another.
 */
final class SearchIndex {
    /** Fields by their number, which the two lowest bits of a posting hold. */
    private static final int[] WEIGHT = {10, 20, 50, 60};

    private static final int FIELD_BITS = 2;
    private static final int EXACT_ID = 1000;
    private static final int MOST_TERMS = 16;
    private static final Pattern NO_WORD = Pattern.compile("[^\\p{L}\\p{N}]+");

    private final List<CatalogueEntry> documents;
    private final String[] words;
    private final int[][] postings;

    /** An index of documents, whose order decides between equally good ones. */
    SearchIndex(List<CatalogueEntry> documents) {
        this.documents = List.copyOf(documents);
        Map<String, Posting> byWord = new HashMap<>();
        for (int i = 0; i < documents.size(); i++) {
            CatalogueEntry entry = documents.get(i);
            add(byWord, entry.id(), i, 3);
            add(byWord, entry.name(), i, 2);
            add(byWord, entry.publisher(), i, 1);
            add(byWord, entry.description(), i, 0);
        }
        this.words = byWord.keySet().stream().sorted().toArray(String[]::new);
        this.postings = new int[words.length][];
        for (int i = 0; i < words.length; i++) {
            postings[i] = byWord.getOrDefault(words[i], new Posting()).trimmed();
        }
    }

    /** A document that was found, by its number. */
    record Match(int document, int score) {}

    /** Documents that have all words, or words that begin with them; the best first. */
    List<Match> find(String terms) {
        int[] total = new int[documents.size()];
        String[] asked =
                Arrays.stream(split(terms)).distinct().limit(MOST_TERMS).toArray(String[]::new);
        for (int i = 0; i < asked.length; i++) {
            int[] scores = scores(asked[i]);
            for (int document = 0; document < total.length; document++) {
                boolean missed = scores[document] == 0 || i > 0 && total[document] == 0;
                total[document] = missed ? 0 : total[document] + scores[document];
            }
        }
        String whole = terms.strip().toLowerCase(Locale.ROOT);
        long[] order = new long[total.length];
        int found = 0;
        for (int document = 0; document < total.length; document++) {
            if (asked.length == 0 || total[document] > 0) {
                int score = total[document] + (documents.get(document).id().equals(whole) ? EXACT_ID : 0);
                // Ascending numbers: the better score first, then the earlier document.
                order[found++] = (long) (Integer.MAX_VALUE - score) << Integer.SIZE | document;
            }
        }
        long[] sorted = Arrays.copyOf(order, found);
        Arrays.sort(sorted);
        return Arrays.stream(sorted)
                .mapToObj(key -> new Match((int) key, Integer.MAX_VALUE - (int) (key >>> Integer.SIZE)))
                .toList();
    }

    private int[] scores(String term) {
        int[] scores = new int[documents.size()];
        int at = Arrays.binarySearch(words, term);
        for (int word = at < 0 ? -at - 1 : at; word < words.length && words[word].startsWith(term); word++) {
            int exact = words[word].length() == term.length() ? 2 : 1;
            for (int posting : postings[word]) {
                int document = posting >>> FIELD_BITS;
                scores[document] = Math.max(scores[document], exact * WEIGHT[posting & 3]);
            }
        }
        return scores;
    }

    private static void add(Map<String, Posting> byWord, String text, int document, int field) {
        for (String word : split(text)) {
            byWord.computeIfAbsent(word, any -> new Posting()).add(document, field);
        }
    }

    private static String[] split(String text) {
        String plain = Normalizer.normalize(text, Normalizer.Form.NFKC).toLowerCase(Locale.ROOT);
        return NO_WORD.splitAsStream(plain).filter(word -> !word.isEmpty()).toArray(String[]::new);
    }

    /** The documents of one word, each once and with the best of its fields, which comes first. */
    private static final class Posting {
        private int[] values = new int[2];
        private int count;

        void add(int document, int field) {
            if (count > 0 && values[count - 1] >>> FIELD_BITS == document) {
                return;
            }
            if (count == values.length) {
                values = Arrays.copyOf(values, count * 2);
            }
            values[count++] = document << FIELD_BITS | field;
        }

        int[] trimmed() {
            return Arrays.copyOf(values, count);
        }
    }
}
