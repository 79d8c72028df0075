package dev.apprentice.learning.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.apprentice.compute.Quantizer;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StateIndexTest {
    private final SplittableRandom random = new SplittableRandom(11);

    /** A place as it went in. */
    private record Place(int last, float[] key, int follower) {}

    private float[] key() {
        float[] key = new float[StateKeys.LENGTH];
        double squares = 0;
        for (int i = 0; i < key.length; i++) {
            key[i] = (float) random.nextGaussian();
            squares += key[i] * key[i];
        }
        for (int i = 0; i < key.length; i++) {
            key[i] /= (float) Math.sqrt(squares);
        }
        return key;
    }

    /** Adds a text of random tokens and keys; the places that it has. */
    private List<Place> add(StateIndex index, int tokens, int kinds) {
        int[] text = random.ints(tokens, 0, kinds).toArray();
        int from = 2;
        byte[] keys = new byte[(tokens - from) * StateIndex.KEY_BYTES];
        List<Place> places = new ArrayList<>();
        for (int i = from; i < tokens; i++) {
            Place place = new Place(text[i - 1], key(), text[i]);
            places.add(place);
            Quantizer.write(
                    place.key(),
                    StateIndex.TYPE,
                    MemorySegment.ofArray(keys)
                            .asSlice((long) (i - from) * StateIndex.KEY_BYTES, StateIndex.KEY_BYTES));
        }
        index.add(text, from, keys);
        return places;
    }

    private static float dot(float[] one, float[] other) {
        float sum = 0;
        for (int i = 0; i < one.length; i++) {
            sum += one[i] * other[i];
        }
        return sum;
    }

    @Test
    void findsTheMostAlikeAfterTheSameToken() {
        StateIndex index = new StateIndex(TestPlatform.KERNELS);
        List<Place> all = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            all.addAll(add(index, 300, 7));
        }
        StateIndex.Search search = index.new Search(index.size());
        for (int round = 0; round < 20; round++) {
            int last = random.nextInt(7);
            float[] wanted = key();
            Neighbours found = new Neighbours();
            search.find(last, wanted, found);
            Place nearest = all.stream()
                    .filter(place -> place.last() == last)
                    .max(Comparator.comparingDouble(place -> dot(place.key(), wanted)))
                    .orElseThrow();
            assertThat(found.nearest()).isCloseTo(dot(nearest.key(), wanted), within(0.01));
            assertThat(found.settle().shares().tokens()).contains(nearest.follower());
        }
    }

    @Test
    void whoSearchesSaysHowFar() {
        StateIndex index = new StateIndex(TestPlatform.KERNELS);
        List<Place> early = add(index, 60, 3);
        int end = index.size();
        List<Place> late = add(index, 60, 3);
        Place place = late.get(5);

        Neighbours before = new Neighbours();
        index.new Search(end).find(place.last(), place.key(), before);
        Neighbours after = new Neighbours();
        index.new Search(index.size()).find(place.last(), place.key(), after);

        double nearest = early.stream()
                .filter(each -> each.last() == place.last())
                .mapToDouble(each -> dot(each.key(), place.key()))
                .max()
                .orElseThrow();
        assertThat(before.nearest()).isCloseTo(nearest, within(0.01)).isLessThan(0.6);
        assertThat(after.nearest()).isCloseTo(1, within(0.01));
    }

    @Test
    void nothingIsFoundAfterATokenThatNeverCame() {
        StateIndex index = new StateIndex(TestPlatform.KERNELS);
        add(index, 20, 3);
        Neighbours found = new Neighbours();
        index.new Search(index.size()).find(99, key(), found);

        assertThat(found.isEmpty()).isTrue();
    }

    @Test
    void keysKeepTheAnglesOfStates() {
        StateKeys keys = new StateKeys(384);
        double worst = 0;
        for (int round = 0; round < 200; round++) {
            float[] states = new float[2 * 384];
            for (int i = 0; i < 384; i++) {
                states[i] = (float) random.nextGaussian();
                states[384 + i] = round % 4 * states[i] + (float) random.nextGaussian();
            }
            double length = Math.sqrt(norm(states, 0) * norm(states, 384));
            double cosine = 0;
            for (int i = 0; i < 384; i++) {
                cosine += states[i] * states[384 + i] / length;
            }
            worst = Math.max(worst, Math.abs(dot(keys.of(states, 0), keys.of(states, 384)) - cosine));
        }
        assertThat(worst).isBetween(0.05, 0.35); // four standard deviations of 1/√128
    }

    private static double norm(float[] states, int from) {
        double squares = 0;
        for (int i = from; i < from + 384; i++) {
            squares += states[i] * states[i];
        }
        return squares;
    }

    @Test
    void sharesAddUpByTokenAndTheMoreAlikeCountsMore() {
        Neighbours neighbours = new Neighbours();
        neighbours.offer(0.9f, 5);
        neighbours.offer(0.8f, 6);
        neighbours.offer(0.9f, 5);
        neighbours.settle();

        assertThat(neighbours.shares().tokens()).containsExactly(5, 6);
        double less = Math.exp(-3);
        assertThat(neighbours.shares().shares()[0]).isCloseTo(2 / (2 + less), within(1e-5));
        assertThat(neighbours.shares().agreement())
                .isEqualTo(neighbours.shares().shares()[0]);
        assertThat(neighbours.shares().likeliest()).isEqualTo(5);
    }

    @Test
    void onlyTheMostAlikeStay() {
        Neighbours neighbours = new Neighbours();
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            order.add(i * 37 % 100);
        }
        order.forEach(i -> neighbours.offer(i / 1000f, i));
        neighbours.settle();

        assertThat(neighbours.nearest()).isCloseTo(0.099, within(1e-6));
        assertThat(neighbours.shares().tokens())
                .hasSize(32)
                .containsExactlyInAnyOrder(IntStream.range(68, 100).toArray());
    }
}
