package dev.apprentice.learning.internal;

import dev.apprentice.learning.Memory;
import dev.apprentice.model.Adapter;
import dev.apprentice.model.LanguageModel;
import dev.apprentice.model.Scores;
import dev.apprentice.model.TrainingSample;

/** What answers for a skill: an adapter, and a memory beside it. */
record Served(Adapter adapter, Memory memory) {
    /** How well a text is foretold. */
    Scores score(LanguageModel model, TrainingSample sample) {
        return model.score(sample.tokens(), sample.from(), adapter, memory.recall());
    }

    boolean foretellsLike(Served other) {
        return adapter.digest().equals(other.adapter.digest()) && memory.equals(other.memory);
    }
}
