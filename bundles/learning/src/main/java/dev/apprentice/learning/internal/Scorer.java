package dev.apprentice.learning.internal;

import dev.apprentice.model.LanguageModel;
import dev.apprentice.model.Scores;
import dev.apprentice.model.TrainingSample;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Mean nats of texts under what is served, and what recall is worth in them. The scores of the last asked for are remembered by text, so
 * that what a cycle measured after its training need not be measured before the next.
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

    private record Sum(double nats, RecallWorth worth) {
        private static final Sum NOTHING = new Sum(0, RecallWorth.NONE);

        Sum plus(Sum other) {
            return new Sum(nats + other.nats, worth.plus(other.worth));
        }

        double meanNats() {
            return worth.tokens() == 0 ? 0 : nats / worth.tokens();
        }
    }

    /** Nats per token over all texts; 0 if there are none. */
    double meanNats(List<Text> texts, Served served) {
        return sum(texts, served).meanNats();
    }

    /** What recall was worth in texts. */
    RecallWorth worth(List<Text> texts, Served served) {
        return sum(texts, served).worth();
    }

    private Sum sum(List<Text> texts, Served served) {
        if (last == null || !last.foretellsLike(served)) {
            last = served;
            known = new HashMap<>();
        }
        return texts.stream()
                .map(text -> known.computeIfAbsent(text.key(), key -> score(text.sample(), served)))
                .reduce(Sum.NOTHING, Sum::plus);
    }

    private Sum score(TrainingSample sample, Served served) {
        ObservedRecall recall = new ObservedRecall(served.memory().recall());
        Scores scores = model.score(sample.tokens(), sample.from(), served.adapter(), recall);
        return new Sum(scores.totalNats(), recall.worth(sample, scores));
    }
}
