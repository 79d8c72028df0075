package dev.apprentice.learning.internal;

import dev.apprentice.model.LanguageModel;
import dev.apprentice.model.Scores;
import dev.apprentice.model.TrainingSample;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Mean nats of texts under what is served. The scores of the last asked for are remembered by text, so that what a cycle measured
 * after its training need not be measured before the next.
 */
final class Scorer {
    private final LanguageModel model;
    private @Nullable Served last;
    private Map<String, Sum> known = new HashMap<>();

    Scorer(LanguageModel model) {
        this.model = model;
    }

    /** A text of the gate; equal keys are equal texts. */
    record Text(String key, TrainingSample sample) {}

    private record Sum(double nats, int tokens) {}

    /** Nats per token over all texts; 0 if there are none. */
    double meanNats(List<Text> texts, Served served) {
        if (last == null || !last.foretellsLike(served)) {
            last = served;
            known = new HashMap<>();
        }
        double nats = 0;
        long tokens = 0;
        for (Text text : texts) {
            Sum sum = known.computeIfAbsent(text.key(), key -> score(text.sample(), served));
            nats += sum.nats();
            tokens += sum.tokens();
        }
        return tokens == 0 ? 0 : nats / tokens;
    }

    private Sum score(TrainingSample sample, Served served) {
        Scores scores = served.score(model, sample);
        return new Sum(scores.totalNats(), scores.nats().length);
    }
}
