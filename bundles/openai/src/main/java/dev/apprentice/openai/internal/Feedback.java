package dev.apprentice.openai.internal;

import dev.apprentice.http.Exchange;
import dev.apprentice.http.HttpException;
import dev.apprentice.learning.Experience;
import dev.apprentice.learning.Experience.Verdict;
import dev.apprentice.learning.Learner;
import dev.apprentice.learning.Learning;
import dev.apprentice.learning.LearningException;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Takes what a user says of an answer, for its skill to learn from. */
final class Feedback {
    private static final String SOURCE = "api";

    private final Learning learning;

    Feedback(Learning learning) {
        this.learning = learning;
    }

    void take(Exchange exchange) {
        Request request = exchange.json(Request.class);
        String skill = Requests.required(request.skill, "skill");
        Learner learner = learning.learner(skill)
                .orElseThrow(() -> new HttpException(
                        404,
                        "model_not_found",
                        "No skill " + skill + " learns here: GET /v1/models lists those that serve"));
        Experience experience = new Experience(
                Objects.requireNonNullElse(request.prompt, ""),
                Requests.required(request.answer, "answer"),
                verdict(Requests.required(request.verdict, "verdict")),
                request.id == null ? SOURCE : SOURCE + ":" + request.id,
                Instant.now());
        try {
            exchange.answerJson(202, new Recorded(learner.record(experience)));
        } catch (LearningException e) {
            if (e.code() == LearningException.Code.REFUSED) {
                throw new HttpException(422, "refused", String.valueOf(e.getMessage()));
            }
            throw e;
        }
    }

    private static Verdict verdict(String text) {
        return switch (text) {
            case "accepted" -> Verdict.ACCEPTED;
            case "corrected" -> Verdict.CORRECTED;
            case "rejected" -> Verdict.REJECTED;
            default -> throw Requests.bad("verdict " + text + " is unknown: send accepted, corrected or rejected");
        };
    }

    /** @param id of the answer that this is about */
    private record Request(
            @Nullable String skill,
            @Nullable String prompt,
            @Nullable String answer,
            @Nullable String verdict,
            @Nullable String id) {}

    private record Recorded(long experience) {}
}
