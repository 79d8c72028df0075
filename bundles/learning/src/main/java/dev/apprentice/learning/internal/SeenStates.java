package dev.apprentice.learning.internal;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

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
        private final int follower;
        private float[] vector;
        private boolean isKey;

        private Place(int last, int follower, float[] vector, boolean isKey) {
            this.last = last;
            this.follower = follower;
            this.vector = vector;
            this.isKey = isKey;
        }

        int last() {
            return last;
        }

        int follower() {
            return follower;
        }

        float[] key() {
            if (!isKey) {
                vector = keys.of(vector, 0);
                isKey = true;
            }
            return vector;
        }
    }

    /** Adds a place whose key is known. */
    void add(int last, float[] key, int follower) {
        add(new Place(last, follower, key, true));
    }

    void addState(int last, float[] state, int follower) {
        add(new Place(last, follower, state, false));
    }

    private void add(Place place) {
        all.add(place);
        byToken.computeIfAbsent(place.last, token -> new ArrayList<>()).add(place);
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
