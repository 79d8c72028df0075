package dev.apprentice.learning.internal;

import dev.apprentice.model.Adapter;
import dev.apprentice.model.LanguageModel;
import dev.apprentice.model.Scores;
import dev.apprentice.model.TrainingSample;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Mean nats of texts under adapters. The scores of the last adapter asked for are remembered by text, so that what a cycle measured
 * after its training need not be measured before the next.
 */
final class Scorer {
    private final LanguageModel model;
    private String digest = "";
    private Map<String, Sum> known = new HashMap<>();

    Scorer(LanguageModel model) {
        this.model = model;
    }

    /** A text of the gate; equal keys are equal texts. */
    record Text(String key, TrainingSample sample) {}

    private record Sum(double nats, int tokens) {}

    /** Nats per token over all texts; 0 if there are none. */
    double meanNats(List<Text> texts, Adapter adapter) {
        if (!digest.equals(adapter.digest())) {
            digest = adapter.digest();
            known = new HashMap<>();
        }
        double nats = 0;
        long tokens = 0;
        for (Text text : texts) {
            Sum sum = known.computeIfAbsent(text.key(), key -> score(text.sample(), adapter));
            nats += sum.nats();
            tokens += sum.tokens();
        }
        return tokens == 0 ? 0 : nats / tokens;
    }

    private Sum score(TrainingSample sample, Adapter adapter) {
        Scores scores = model.score(sample.tokens(), sample.from(), adapter);
        return new Sum(scores.meanNats() * scores.nats().length, scores.nats().length);
    }
}
