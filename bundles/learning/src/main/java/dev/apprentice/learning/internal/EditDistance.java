package dev.apprentice.learning.internal;

/** Levenshtein distance of strings. */
final class EditDistance {
    private EditDistance() {}

    /** 1 − distance / longer length; 1 for two empty strings. */
    static double similarity(String one, String other) {
        int longer = Math.max(one.length(), other.length());
        return longer == 0 ? 1 : 1 - (double) distance(one, other) / longer;
    }

    private static int distance(String one, String other) {
        int[] previous = new int[other.length() + 1];
        int[] row = new int[other.length() + 1];
        for (int j = 0; j <= other.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= one.length(); i++) {
            row[0] = i;
            for (int j = 1; j <= other.length(); j++) {
                int substituted = previous[j - 1] + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(substituted, 1 + Math.min(previous[j], row[j - 1]));
            }
            int[] free = previous;
            previous = row;
            row = free;
        }
        return previous[other.length()];
    }
}
