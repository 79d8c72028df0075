package dev.apprentice.learning.internal;

import dev.apprentice.compute.Quantizer;
import dev.apprentice.learning.Experience;
import dev.apprentice.learning.LearnerProfile;
import dev.apprentice.learning.LearningSettings;
import dev.apprentice.learning.Memory;
import dev.apprentice.learning.Progress;
import dev.apprentice.model.Recall;
import dev.apprentice.model.TrainingSample;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The memories of all skills. One is what the database still holds of the experiences within its commit's reach; its indexes are built
 * when something is first recalled, and again after a text was rejected.
 */
final class Memories {
    private static final int KEPT = 2; // a cycle compares the memory before with the one after

    private final Tools tools;
    private final Map<String, Shelf> shelves = new ConcurrentHashMap<>();
    private @Nullable StateKeys keys; // guarded by this

    Memories(Tools tools) {
        this.tools = tools;
    }

    Memory of(LearnerProfile profile, Reach reach) {
        LearningSettings settings = profile.settings();
        return reach.words() == 0 || settings.recall() == 0
                ? Memory.EMPTY
                : new Texts(this, profile.skillId(), settings.sequenceLength(), reach, settings.recall());
    }

    /** Equal ones recall the same. */
    private record Texts(Memories all, String skill, int sequenceLength, Reach reach, double strength)
            implements Memory {
        @Override
        public Recall recall() {
            return all.shelf(skill, sequenceLength).recall(reach, new RecallWeights(strength, reach.reliance()));
        }
    }

    /**
     * Reads on: lets the model read the next experiences, and keeps the keys of its states in them.
     *
     * @param before how far the memory reaches
     * @param words the last experience that is to be recalled word for word
     * @return how far it reaches then
     */
    Reach extend(LearnerProfile profile, Reach before, long words, Progress progress) {
        LearningSettings settings = profile.settings();
        if (settings.recall() == 0) {
            return new Reach(words, before.states(), before.reliance());
        }
        Experiences experiences = new Experiences(tools.store(), profile.skillId());
        List<Experiences.Stored> next = experiences.waiting(before.states(), settings.readingPerCycle());
        Samples samples = samples(settings.sequenceLength());
        Experiences.KeysOf origin = origin(settings.sequenceLength());
        Map<Long, byte[]> made = new HashMap<>();
        for (int i = 0; i < next.size(); i++) {
            Experiences.Stored stored = next.get(i);
            if (!experiences.hasKeys(stored.id(), origin)) {
                made.put(stored.id(), keys(samples.of(stored.experience())));
            }
            progress.update("read", i + 1, next.size());
        }
        experiences.keepKeys(made, origin);
        long states = next.isEmpty() ? before.states() : next.getLast().id();
        return new Reach(words, states, before.reliance());
    }

    /** The keys of the states from which a text's tokens are foretold. */
    private byte[] keys(TrainingSample sample) {
        int count = sample.tokens().length - sample.from();
        float[] states = tools.model().states(sample.tokens(), sample.from());
        byte[] all = new byte[count * StateIndex.KEY_BYTES];
        MemorySegment rows = MemorySegment.ofArray(all);
        int width = tools.model().info().width();
        for (int i = 0; i < count; i++) {
            Quantizer.write(
                    keys().of(states, i * width),
                    StateIndex.TYPE,
                    rows.asSlice((long) i * StateIndex.KEY_BYTES, StateIndex.KEY_BYTES));
        }
        return all;
    }

    private synchronized StateKeys keys() {
        keys = keys == null ? new StateKeys(tools.model().info().width()) : keys;
        return keys;
    }

    private Experiences.KeysOf origin(int sequenceLength) {
        return new Experiences.KeysOf(tools.model().info().digest(), sequenceLength);
    }

    private Samples samples(int sequenceLength) {
        return new Samples(tools.model().tokenizer(), sequenceLength);
    }

    /** Forgets what is no longer in the database. */
    void forget(String skill) {
        shelves.remove(skill);
    }

    private Shelf shelf(String skill, int sequenceLength) {
        return Objects.requireNonNull(shelves.compute(
                skill,
                (name, known) -> known == null || known.sequenceLength != sequenceLength
                        ? new Shelf(name, sequenceLength)
                        : known));
    }

    /** What is kept of one skill. */
    private final class Shelf {
        private final Experiences experiences;
        private final int sequenceLength;
        private final Samples encoder;
        private final Map<Long, TrainingSample> samples = new HashMap<>(); // by experience
        private final Map<Long, TextIndex> words = new LinkedHashMap<>(); // by last experience, oldest first
        private final StateIndex states = new StateIndex(tools.kernels());
        private final NavigableMap<Long, Integer> placesUpTo = new TreeMap<>(Map.of(0L, 0)); // by experience

        Shelf(String skill, int sequenceLength) {
            this.experiences = new Experiences(tools.store(), skill);
            this.sequenceLength = sequenceLength;
            this.encoder = samples(sequenceLength);
        }

        synchronized Recall recall(Reach reach, RecallWeights weights) {
            return new TextRecall(words(reach.words()), states.new Search(places(reach.states())), keys(), weights);
        }

        private TextIndex words(long last) {
            TextIndex known = words.get(last);
            if (known != null) {
                return known;
            }
            List<Experiences.Stored> read = experiences.readUpTo(last);
            samples.keySet().retainAll(read.stream().map(Experiences.Stored::id).collect(Collectors.toSet()));
            TextIndex index = new TextIndex(read.size() * sequenceLength);
            for (Experiences.Stored stored : read) {
                add(sample(stored.id(), stored.experience()), index);
            }
            if (words.size() == KEPT) {
                words.remove(words.keySet().iterator().next());
            }
            words.put(last, index);
            return index;
        }

        private TrainingSample sample(long id, Experience experience) {
            return samples.computeIfAbsent(id, unknown -> encoder.of(experience));
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

        /** How many places there are up to an experience. */
        private int places(long last) {
            for (Experiences.Keyed keyed : experiences.keyed(placesUpTo.lastKey(), last, origin(sequenceLength))) {
                TrainingSample sample = sample(keyed.id(), keyed.experience());
                states.add(sample.tokens(), sample.from(), keyed.keys());
                placesUpTo.put(keyed.id(), states.size());
            }
            return placesUpTo.floorEntry(last).getValue();
        }
    }
}
