package dev.apprentice.learning.internal;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The places of the text at hand by the token before them. Keys are made of states when they are first compared. */
final class SeenStates {
    private final StateKeys keys;
    private final List<Place> all = new ArrayList<>();
    private final Map<Integer, List<Place>> byToken = new HashMap<>();

    SeenStates(StateKeys keys) {
        this.keys = keys;
    }

    /** A place between two tokens. */
    final class Place {
        private final int last;
        private final float[] state;
        private final int follower;
        private float @Nullable [] key;

        private Place(int last, float[] state, float @Nullable [] key, int follower) {
            this.last = last;
            this.state = state;
            this.key = key;
            this.follower = follower;
        }

        int last() {
            return last;
        }

        int follower() {
            return follower;
        }

        float[] key() {
            float[] known = key;
            if (known == null) {
                known = keys.of(state, 0);
                key = known;
            }
            return known;
        }
    }

    /** @param key of the state, if it is known */
    void add(int last, float[] state, float @Nullable [] key, int follower) {
        Place place = new Place(last, state, key, follower);
        all.add(place);
        byToken.computeIfAbsent(last, token -> new ArrayList<>()).add(place);
    }

    /** The places that were added last, in the order of the text. */
    List<Place> newest(int count) {
        return all.subList(Math.max(0, all.size() - count), all.size());
    }

    /** Offers what followed a token where the model's state was like this one. */
    void find(int last, float[] wanted, Neighbours found) {
        for (Place place : byToken.getOrDefault(last, List.of()).reversed()) {
            found.offer(dot(wanted, place.key()), place.follower);
        }
    }

    private static float dot(float[] one, float[] other) {
        float sum = 0;
        for (int i = 0; i < one.length; i++) {
            sum += one[i] * other[i];
        }
        return sum;
    }
}
