package dev.apprentice.market.internal;

import dev.apprentice.market.CatalogueEntry;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * An inverted index in memory: each word, in alphabetical order, with the documents that have it and the best field it stands in. A
 * word that was asked for is looked up by halving, and the words that it begins follow one another.
 */
final class SearchIndex {
    /** Fields by their number, which the two lowest bits of a posting hold. */
    private static final int[] WEIGHT = {10, 20, 50, 60};

    private static final int FIELD_BITS = 2;
    private static final int EXACT_ID = 1000;
    private static final int WHOLE_WORD = 2;
    private static final int BEST_OF_A_TERM = 60 * WHOLE_WORD;
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

    /**
     * What a search found.
     *
     * @param total how many documents
     * @param best the best of them, the best first
     */
    record Found(int total, List<Match> best) {}

    /**
     * Documents that have all words, or words that begin with them. Even a search that finds everything passes over plain arrays a
     * few times and makes objects only of what is returned, so the first one after a start is quick too.
     *
     * @param most how many of the best to return
     */
    Found find(String terms, int most) {
        String[] asked =
                Arrays.stream(split(terms)).distinct().limit(MOST_TERMS).toArray(String[]::new);
        if (asked.length == 0) {
            return everything(most);
        }
        int[] scores = scores(asked[0]);
        for (int i = 1; i < asked.length; i++) {
            addWhereBoth(scores, scores(asked[i]));
        }
        preferId(scores, terms.strip().toLowerCase(Locale.ROOT), asked.length * BEST_OF_A_TERM);
        return best(scores, most, asked.length * BEST_OF_A_TERM + EXACT_ID);
    }

    private Found everything(int most) {
        List<Match> first = IntStream.range(0, Math.min(most, documents.size()))
                .mapToObj(document -> new Match(document, 0))
                .toList();
        return new Found(documents.size(), first);
    }

    private static void addWhereBoth(int[] total, int[] scores) {
        for (int document = 0; document < total.length; document++) {
            int score = scores[document];
            total[document] = score == 0 || total[document] == 0 ? 0 : total[document] + score;
        }
    }

    /** Only a document in whose id all terms stand as they were asked for can have the id that was asked for. */
    private void preferId(int[] scores, String id, int full) {
        for (int document = 0; document < scores.length; document++) {
            if (scores[document] == full && documents.get(document).id().equals(id)) {
                scores[document] += EXACT_ID;
            }
        }
    }

    /** Sorts by counting, since scores are small numbers; of equally good documents the earlier comes first. */
    private static Found best(int[] scores, int most, int highest) {
        int[] place = new int[highest + 1];
        for (int score : scores) {
            place[score]++;
        }
        int total = 0;
        for (int score = highest; score > 0; score--) {
            int count = place[score];
            place[score] = total;
            total += count;
        }
        int[] order = new int[Math.min(most, total)];
        for (int document = 0; document < scores.length; document++) {
            int score = scores[document];
            if (score > 0 && place[score] < order.length) {
                order[place[score]++] = document;
            }
        }
        return new Found(
                total,
                Arrays.stream(order)
                        .mapToObj(document -> new Match(document, scores[document]))
                        .toList());
    }

    private int[] scores(String term) {
        int[] scores = new int[documents.size()];
        int at = Arrays.binarySearch(words, term);
        for (int word = at < 0 ? -at - 1 : at; word < words.length && words[word].startsWith(term); word++) {
            int exact = words[word].length() == term.length() ? WHOLE_WORD : 1;
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
