package dev.apprentice.learning.internal;

import dev.apprentice.learning.Validation;
import dev.apprentice.learning.Validation.Pair;
import java.util.Locale;
import java.util.Optional;

/** Lets a change of learned state pass only if no type of task gets worse by more than the tolerance. */
final class Gate {
    /** By how much mean nats of a task type may rise with a new version, or with an adapter from elsewhere. */
    static final double TOLERANCE_OF_VERSIONS = 0.02;

    private final Scorer scorer;
    private final double tolerance;

    /** @param tolerance by how much mean nats may rise, as a fraction */
    Gate(Scorer scorer, double tolerance) {
        this.scorer = scorer;
        this.tolerance = tolerance;
    }

    /** Measures before and after on the same texts; the scores after stay known to the scorer. */
    Validation measure(GateTexts texts, Served before, Served after, double trainLoss) {
        double personal = scorer.meanNats(texts.personal(), before);
        double general = scorer.meanNats(texts.general(), before);
        double publisher = scorer.meanNats(texts.publisher(), before);
        return new Validation(
                trainLoss,
                new Pair(personal, scorer.meanNats(texts.personal(), after)),
                new Pair(general, scorer.meanNats(texts.general(), after)),
                new Pair(publisher, scorer.meanNats(texts.publisher(), after)));
    }

    /** Why the change is refused; empty if it passes. */
    Optional<String> refusal(Validation validation) {
        return worse("the user's own texts", validation.personal())
                .or(() -> worse("general text", validation.general()))
                .or(() -> worse("the publisher's texts", validation.publisher()));
    }

    private Optional<String> worse(String what, Pair nats) {
        // the negation also refuses NaN
        if (nats.after() <= nats.before() * (1 + tolerance)) {
            return Optional.empty();
        }
        return Optional.of(String.format(
                Locale.ROOT,
                "on %s the loss rose from %.4f to %.4f nats a token, more than %.1f %%",
                what,
                nats.before(),
                nats.after(),
                100 * tolerance));
    }
}
