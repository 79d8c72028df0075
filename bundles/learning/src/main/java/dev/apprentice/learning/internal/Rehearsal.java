package dev.apprentice.learning.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** General texts in packed sequences: most to rehearse with, the last fifth only for the gate. */
final class Rehearsal {
    private static final int GATE_SHARE = 5; // one in five

    private final List<int[]> training;
    private final List<int[]> gate;

    Rehearsal(List<String> texts, Samples samples) {
        int split = texts.size() - texts.size() / GATE_SHARE;
        this.training = samples.pack(texts.subList(0, split));
        this.gate = samples.pack(texts.subList(split, texts.size()));
    }

    /** So many different sequences to rehearse, fewer if there are not so many. */
    List<int[]> draw(int count, RandomGenerator random) {
        List<int[]> left = new ArrayList<>(training);
        List<int[]> drawn = new ArrayList<>();
        while (drawn.size() < count && !left.isEmpty()) {
            drawn.add(left.remove(random.nextInt(left.size())));
        }
        return drawn;
    }

    List<int[]> gate() {
        return gate;
    }
}
