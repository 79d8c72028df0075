package dev.apprentice.learning.internal;

import dev.apprentice.compute.LearningAlgebra.OutlierDetector;
import dev.apprentice.learning.Experience;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what would poison a skill out of its experiences. Malformed text is always refused. Strange text is refused only if two
 * independent views agree: the model finds it far less likely than anything before, and an auto-encoder fitted on earlier
 * experiences finds its looks unlike theirs.
 */
final class Guard {
    static final int LONGEST = 32_768; // characters
    static final int FITTED_FROM = 128; // experiences
    private static final int FITTED_TO = 512;
    private static final double LARGEST_Z = 6; // robust standard deviations
    private static final double SMALLEST_DEVIATION = 0.1; // nats
    private static final double CONSISTENT = 1.4826; // median absolute deviation to standard deviation
    private static final double LARGEST_QUANTILE = 0.99;

    private final Tools tools;
    private final Experiences experiences;
    private @Nullable OutlierDetector detector;
    private int fittedOn;

    Guard(Tools tools, Experiences experiences) {
        this.tools = tools;
        this.experiences = experiences;
    }

    /** What is wrong with the form of an experience, whoever it is from; empty if nothing is. */
    static Optional<String> malformed(Experience experience) {
        if (experience.answer().isBlank()) {
            return Optional.of("its answer is empty: send the text that should be learned");
        }
        int length = experience.prompt().length() + experience.answer().length();
        if (length > LONGEST) {
            return Optional.of("it has " + length + " characters, more than " + LONGEST + ": send a shorter piece");
        }
        boolean control = (experience.prompt() + experience.answer())
                .chars()
                .anyMatch(character -> Character.isISOControl(character) && "\n\r\t\f".indexOf(character) < 0);
        return control
                ? Optional.of("it holds control characters, as binary data does: send plain text")
                : Optional.empty();
    }

    /** Why an experience looks like poison; empty if it does not or if too little is known to tell. */
    synchronized Optional<String> suspicious(Experience experience, double nats) {
        List<Experiences.Stored> earlier = experiences.scored(FITTED_TO);
        if (earlier.size() < FITTED_FROM) {
            return Optional.empty();
        }
        double z = robustZ(nats, earlier);
        if (z <= LARGEST_Z) {
            return Optional.empty();
        }
        float[][] row = {Features.of(experience, nats, tools.model().tokenizer())};
        double quantile = detector(earlier).quantiles(row)[0];
        if (quantile < LARGEST_QUANTILE) {
            return Optional.empty();
        }
        return Optional.of(String.format(
                Locale.ROOT,
                "it is unlike everything learned so far (%.2f nats a token, %.0f deviations above the usual; stranger in form than"
                        + " %.0f %% of it): if it is right, take it in as a file",
                nats,
                z,
                100 * quantile));
    }

    private static double robustZ(double nats, List<Experiences.Stored> earlier) {
        double[] known = earlier.stream().mapToDouble(Guard::nats).sorted().toArray();
        double median = known[known.length / 2];
        double[] distances = Arrays.stream(known)
                .map(value -> Math.abs(value - median))
                .sorted()
                .toArray();
        double deviation = Math.max(SMALLEST_DEVIATION, CONSISTENT * distances[distances.length / 2]);
        return (nats - median) / deviation;
    }

    /** Fitted anew whenever there is half as much again to fit on. */
    private OutlierDetector detector(List<Experiences.Stored> earlier) {
        OutlierDetector fitted = detector;
        if (fitted == null || earlier.size() > fittedOn * 3 / 2) {
            float[][] rows = earlier.stream()
                    .map(stored -> Features.of(
                            stored.experience(), nats(stored), tools.model().tokenizer()))
                    .toArray(float[][]::new);
            fitted = tools.algebra().outlierDetector(rows, rows.length);
            detector = fitted;
            fittedOn = rows.length;
        }
        return fitted;
    }

    private static double nats(Experiences.Stored stored) {
        return Objects.requireNonNull(stored.nats());
    }
}
