package dev.apprentice.learning.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TextIndexTest {
    private static TextIndex of(int[]... texts) {
        TextIndex index = new TextIndex(64);
        for (int[] text : texts) {
            index.endText();
            Arrays.stream(text).forEach(index::add);
        }
        return index;
    }

    private static Map<Integer, Double> shares(Continuations found) {
        Map<Integer, Double> shares = new HashMap<>();
        for (int i = 0; i < found.counts().tokens().length; i++) {
            shares.put(found.counts().tokens()[i], found.counts().shares()[i]);
        }
        return shares;
    }

    @Test
    void theLongestMatchDecides() {
        TextIndex index = of(new int[] {1, 2, 3, 4, 50}, new int[] {9, 2, 3, 4, 60}, new int[] {8, 2, 3, 4, 60});

        Continuations four = index.after(of(new int[] {7, 1, 2, 3, 4}));
        assertThat(four.length()).isEqualTo(4);
        assertThat(shares(four)).isEqualTo(Map.of(50, 1.0));
        Continuations three = index.after(of(new int[] {7, 7, 2, 3, 4}));
        assertThat(three.length()).isEqualTo(3);
        assertThat(three.counts().total()).isEqualTo(3);
        assertThat(three.counts().likeliest()).isEqualTo(60);
        assertThat(three.counts().agreement()).isEqualTo(2 / 3.0);
    }

    @Test
    void twoTokensAreTooFewAndNoMatchReachesIntoAnotherText() {
        TextIndex index = of(new int[] {1, 2}, new int[] {3, 4, 5});

        assertThat(index.after(of(new int[] {7, 3, 4})).isEmpty()).isTrue();
        assertThat(index.after(of(new int[] {1, 2, 3, 4})).isEmpty()).isTrue();
        assertThat(index.after(of()).isEmpty()).isTrue();
    }

    @Test
    void contextLeadsUpToTokensButIsNotRecalled() {
        TextIndex index = new TextIndex(8);
        index.endText();
        Arrays.stream(new int[] {1, 2, 3, 4}).forEach(index::addContext);
        index.add(5);

        assertThat(index.after(of(new int[] {1, 2, 3})).isEmpty()).isTrue();
        assertThat(shares(index.after(of(new int[] {2, 3, 4})))).isEqualTo(Map.of(5, 1.0));
    }

    @Test
    void manyCommonBeginningsDoNotHideALongMatch() {
        TextIndex index = new TextIndex(16);
        index.endText();
        Arrays.stream(new int[] {11, 12, 13, 1, 2, 3, 99}).forEach(index::add);
        for (int i = 0; i < 1000; i++) {
            Arrays.stream(new int[] {200 + i, 1, 2, 3, 4}).forEach(index::add);
        }

        Continuations found = index.after(of(new int[] {11, 12, 13, 1, 2, 3}));
        assertThat(found.length()).isEqualTo(6);
        assertThat(shares(found)).isEqualTo(Map.of(99, 1.0));
    }

    @Test
    void findsWhatLookingEverywhereFinds() {
        SplittableRandom random = new SplittableRandom(3);
        int found = 0;
        for (int round = 0; round < 300; round++) {
            List<int[]> texts = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                texts.add(random.ints(random.nextInt(30), 0, 3).toArray());
            }
            int[] context = random.ints(random.nextInt(24), 0, 3).toArray();
            Continuations fast = of(texts.toArray(new int[0][])).after(of(context));
            Map<Integer, Integer> slow = new HashMap<>();
            int longest = everywhere(texts, context, slow);
            int total = slow.values().stream().mapToInt(Integer::intValue).sum();
            assertThat(fast.length()).isEqualTo(longest);
            assertThat(fast.counts().total()).isEqualTo(total);
            Map<Integer, Double> shares = new HashMap<>();
            slow.forEach((token, count) -> shares.put(token, (double) count / total));
            assertThat(shares(fast)).isEqualTo(shares);
            found += fast.isEmpty() ? 0 : 1;
        }
        assertThat(found).isGreaterThan(100);
    }

    private static int everywhere(List<int[]> texts, int[] context, Map<Integer, Integer> counts) {
        int longest = 0;
        for (int[] text : texts) {
            for (int place = 1; place < text.length; place++) {
                int match = 0;
                while (match < TextIndex.LONGEST
                        && match < place
                        && match < context.length
                        && text[place - 1 - match] == context[context.length - 1 - match]) {
                    match++;
                }
                if (match > longest && match >= 3) {
                    longest = match;
                    counts.clear();
                }
                if (match == longest && match >= 3) {
                    counts.merge(text[place], 1, Integer::sum);
                }
            }
        }
        return longest;
    }
}
