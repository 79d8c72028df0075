package dev.apprentice.management.internal;

import dev.apprentice.http.Exchange;
import dev.apprentice.http.HttpException;
import dev.apprentice.http.Routes;
import dev.apprentice.http.Routes.Access;
import dev.apprentice.learning.Learner;
import dev.apprentice.learning.Learning;
import dev.apprentice.management.LiveLearning;
import dev.apprentice.management.Problems;
import dev.apprentice.skills.Skills;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** What a skill learns and has learned. */
final class LearningApi {
    private final Skills skills;
    private final Learning learning;

    LearningApi(Skills skills, Learning learning) {
        this.skills = skills;
        this.learning = learning;
    }

    void contribute(Routes routes) {
        routes.get(
                "/api/skills/{id}/history",
                Access.API,
                Problems.told(
                        exchange -> exchange.answerJson(200, learner(exchange).log())));
        routes.get("/api/skills/{id}/history/{commit}", Access.API, Problems.told(this::commit));
        routes.post("/api/skills/{id}/learn", Access.API, Problems.told(this::learn));
        routes.post("/api/skills/{id}/cycle", Access.API, Problems.told(this::cycle));
        routes.post(
                "/api/skills/{id}/measure",
                Access.API,
                Problems.told(exchange -> new LiveLearning(learner(exchange), exchange.events()).measure()));
    }

    private void commit(Exchange exchange) {
        String id = exchange.pathParameter("commit");
        exchange.answerJson(
                200,
                learner(exchange)
                        .commit(id)
                        .orElseThrow(() ->
                                new HttpException(404, "not_found", "There is no commit " + id + ": see the history")));
    }

    private void learn(Exchange exchange) {
        Learner learner = learner(exchange);
        LearnRequest request = exchange.json(LearnRequest.class);
        Path folder = folder(request.folder);
        int measuredTokens = measuredTokens(request.measuredTokens);
        new LiveLearning(learner, exchange.events()).ingest(folder, measuredTokens);
    }

    private static Path folder(@Nullable String text) {
        try {
            Path folder = Path.of(text == null ? "" : text);
            if (folder.isAbsolute() && Files.isDirectory(folder)) {
                return folder;
            }
        } catch (InvalidPathException _) {
            // Told below, like a folder that is not there.
        }
        throw new HttpException(
                400, "bad_folder", "folder must be the absolute path of a folder on this machine: change it");
    }

    private static int measuredTokens(@Nullable Integer count) {
        if (count != null && count < 1) {
            throw new HttpException(
                    400, "bad_count", "measuredTokens is " + count + ", but must be 1 or more: change it");
        }
        return count == null ? Learner.MEASURED_TOKENS : count;
    }

    private void cycle(Exchange exchange) {
        Learner learner = learner(exchange);
        Integer count = exchange.body().length == 0 ? null : exchange.json(CycleRequest.class).count;
        int cycles = LiveLearning.checkCount(count == null ? 1 : count);
        new LiveLearning(learner, exchange.events()).cycles(cycles);
    }

    /** The learner of the skill that the path names. */
    Learner learner(Exchange exchange) {
        String id = exchange.pathParameter("id");
        return learning.learner(id)
                .orElseThrow(() -> skills.find(id).isPresent()
                        ? new HttpException(
                                409,
                                "not_serving",
                                "The skill " + id + " is in quarantine and learns nothing: see its problem")
                        : new HttpException(
                                404, "not_found", "No skill " + id + " is installed: see the list of skills"));
    }

    private record LearnRequest(
            @Nullable String folder, @Nullable Integer measuredTokens) {}

    private record CycleRequest(@Nullable Integer count) {}
}
