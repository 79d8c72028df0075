package dev.apprentice.learning.internal;

import dev.apprentice.model.Recall;
import dev.apprentice.model.Scores;
import dev.apprentice.model.TrainingSample;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A recall that remembers what it foretold, token by token. */
final class ObservedRecall implements Recall {
    private final Recall recall;
    private final List<Optional<Foretold>> foretold = new ArrayList<>();

    ObservedRecall(Recall recall) {
        this.recall = recall;
    }

    @Override
    public void read(int token) {
        recall.read(token);
    }

    @Override
    public void wrote(int token) {
        recall.wrote(token);
    }

    @Override
    public void seen(int last, float[] state, int next) {
        recall.seen(last, state, next);
    }

    @Override
    public Optional<Foretold> next(float[] state, double surest) {
        Optional<Foretold> now = recall.next(state, surest);
        foretold.add(now);
        return now;
    }

    /** What it was worth in the sample that it was scored on. */
    RecallWorth worth(TrainingSample sample, Scores scores) {
        RecallWorth worth = RecallWorth.NONE;
        for (int i = 0; i < foretold.size(); i++) {
            int token = sample.tokens()[sample.from() + i];
            double probability = Math.exp(-scores.nats()[i]);
            worth = worth.plus(foretold.get(i)
                    .map(known -> RecallWorth.of(known, token, probability))
                    .orElse(new RecallWorth(0, 0, 1)));
        }
        return worth;
    }
}
