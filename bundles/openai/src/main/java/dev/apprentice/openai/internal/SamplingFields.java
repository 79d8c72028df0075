package dev.apprentice.openai.internal;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.apprentice.model.Sampling;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The sampling fields of a request, as they come. */
record SamplingFields(
        @Nullable Double temperature,
        @JsonProperty("top_p") @Nullable Double topP,
        @JsonProperty("top_k") @Nullable Integer topK,
        @JsonProperty("min_p") @Nullable Double minP,
        @JsonProperty("repetition_penalty") @Nullable Double repetitionPenalty,
        @Nullable Long seed) {
    /** Seeds that JavaScript's numbers hold exactly, so that clients can send one back. */
    private static final long SEED_BOUND = 1L << 53;

    Sampling sampling(double defaultTemperature) {
        return new Sampling(
                Objects.requireNonNullElse(temperature, defaultTemperature),
                Objects.requireNonNullElse(topK, 0),
                Objects.requireNonNullElse(topP, 1.0),
                Objects.requireNonNullElse(minP, 0.0),
                Objects.requireNonNullElse(repetitionPenalty, 1.0),
                seed == null ? RandomGenerator.getDefault().nextLong(SEED_BOUND) : seed);
    }
}
