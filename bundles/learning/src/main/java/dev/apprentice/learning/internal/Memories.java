package dev.apprentice.learning.internal;

import dev.apprentice.learning.LearnerProfile;
import dev.apprentice.learning.LearningSettings;
import dev.apprentice.learning.Memory;
import dev.apprentice.model.Recall;
import dev.apprentice.model.TrainingSample;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * The memories of all skills. One is what the database still holds of the experiences up to its commit; its index is built when
 * something is first recalled, and again after a text was rejected.
 */
final class Memories {
    private static final int KEPT = 2; // a cycle compares the memory before with the one after

    private final Tools tools;
    private final Map<String, Shelf> shelves = new ConcurrentHashMap<>();

    Memories(Tools tools) {
        this.tools = tools;
    }

    /** @param last id of the last experience that it holds; 0 for none */
    Memory of(LearnerProfile profile, long last) {
        LearningSettings settings = profile.settings();
        return last == 0 || settings.recall() == 0
                ? Memory.EMPTY
                : new Texts(this, profile.skillId(), settings.sequenceLength(), last, settings.recall());
    }

    /** Equal ones recall the same. */
    private record Texts(Memories all, String skill, int sequenceLength, long last, double strength) implements Memory {
        @Override
        public Recall recall() {
            return new TextRecall(all.shelf(skill).index(sequenceLength, last), strength);
        }
    }

    /** Forgets what is no longer in the database. */
    void forget(String skill) {
        shelves.remove(skill);
    }

    private Shelf shelf(String skill) {
        return shelves.computeIfAbsent(skill, Shelf::new);
    }

    /** What is kept of one skill. */
    private final class Shelf {
        private final Experiences experiences;
        private final Map<Long, TrainingSample> samples = new HashMap<>(); // by experience
        private final Map<Long, TextIndex> indexes = new LinkedHashMap<>(); // by last experience, oldest first

        Shelf(String skill) {
            this.experiences = new Experiences(tools.store(), skill);
        }

        synchronized TextIndex index(int sequenceLength, long last) {
            TextIndex known = indexes.get(last);
            if (known != null) {
                return known;
            }
            List<Experiences.Stored> read = experiences.readUpTo(last);
            TextIndex index = new TextIndex(read.size() * sequenceLength);
            Samples encoder = new Samples(tools.model().tokenizer(), sequenceLength);
            samples.keySet().retainAll(read.stream().map(Experiences.Stored::id).collect(Collectors.toSet()));
            for (Experiences.Stored stored : read) {
                add(samples.computeIfAbsent(stored.id(), id -> encoder.of(stored.experience())), index);
            }
            if (indexes.size() == KEPT) {
                indexes.remove(indexes.keySet().iterator().next());
            }
            indexes.put(last, index);
            return index;
        }

        private static void add(TrainingSample sample, TextIndex index) {
            index.endText();
            for (int i = 0; i < sample.tokens().length; i++) {
                if (i < sample.from()) {
                    index.addContext(sample.tokens()[i]);
                } else {
                    index.add(sample.tokens()[i]);
                }
            }
        }
    }
}
