package dev.apprentice.openai.internal;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.apprentice.skill.SkillPrompt;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was asked, whichever way.
 *
 * @param maxTokens null for the responder's default
 * @param stops null for the responder's default
 */
record Question(
        SkillPrompt prompt,
        @Nullable Integer maxTokens,
        SamplingFields sampling,
        @Nullable List<String> stops,
        boolean stream,
        boolean streamUsage) {
    /** {@code stream_options} of a request. */
    record StreamOptions(
            @JsonProperty("include_usage") @Nullable Boolean includeUsage) {
        static boolean usage(@Nullable StreamOptions options) {
            return options != null && Boolean.TRUE.equals(options.includeUsage);
        }
    }
}
