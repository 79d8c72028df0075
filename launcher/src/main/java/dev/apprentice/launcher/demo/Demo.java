package dev.apprentice.launcher.demo;

import dev.apprentice.launcher.Distribution;
import dev.apprentice.launcher.LauncherException;
import dev.apprentice.launcher.ProgressLine;
import dev.apprentice.launcher.client.ApiClient;
import dev.apprentice.launcher.client.LearnRequest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The main job on real code: install, measure, live some cycles, measure again, update, roll back. */
public final class Demo {
    private static final String SKILL = "java-completion";
    private static final String PATH = "/api/skills/" + SKILL;

    private final ApiClient client;
    private final Distribution distribution;
    private final ProgressLine progress;
    private final long started = System.nanoTime();

    /** A demo on a platform that has just been started on an empty home. */
    public Demo(ApiClient client, Distribution distribution, ProgressLine progress) {
        this.client = client;
        this.distribution = distribution;
        this.progress = progress;
    }

    /**
     * Runs everything; throws with the reason at the first step that does not do what it must.
     *
     * @param measuredTokens of what was written later, about how many to measure on; null for as many as is usual
     */
    public DemoReport run(Path code, int cycles, @Nullable Integer measuredTokens) {
        progress.show("Installing the signed skill", 0, 1);
        Publisher publisher = new Publisher(client);
        publisher.becomeTrusted();
        String installed = publisher
                .offer(distribution.skill(SKILL, "1.0.0"))
                .path("version")
                .asString();
        List<DemoReport.Refusal> refusals = publisher.offerForgeries(distribution.skill(SKILL, "1.1.0"));

        client.work(PATH + "/learn", new LearnRequest(code.toString(), measuredTokens), progress::event);
        JsonNode before = client.work(PATH + "/measure", Map.of(), progress::event);
        Life life = live(cycles);
        JsonNode after = client.work(PATH + "/measure", Map.of(), progress::event);

        progress.show("Updating while completions stream", 0, 1);
        String learned = head();
        String updated = StreamsDuring.run(client, SKILL, () -> publisher.offer(distribution.skill(SKILL, "1.1.0")))
                .path("version")
                .asString();
        requireSurvival(learned);
        progress.show("Rolling back", 0, 1);
        String rolledBack = client.post(PATH + "/rollback", Map.of("version", installed))
                .path("version")
                .asString();
        if (!head().equals(learned)) {
            throw new LauncherException(
                    "The rollback to " + installed + " did not bring back what was learned under it");
        }
        progress.finish();
        return new DemoReport(
                code.toString(),
                new DemoReport.Change<>(personal(before), personal(after)),
                new DemoReport.Change<>(core(before), core(after)),
                new DemoReport.Latency(
                        after.path("latencyMsPerToken").path("base").asDouble(),
                        after.path("latencyMsPerToken").path("adapted").asDouble()),
                life.peakMiB,
                new DemoReport.Cycles(life.committed + life.discarded, life.committed, life.discarded),
                refusals,
                new DemoReport.Versions(installed, updated, rolledBack),
                (System.nanoTime() - started) / 1e9,
                life.curve);
    }

    /** What came of the cycles; the curve is the personal nats per token that the gate measured after each. */
    private static final class Life {
        private int committed;
        private int discarded;
        private long peakMiB;
        private final List<Double> curve = new ArrayList<>();
    }

    private Life live(int cycles) {
        Life life = new Life();
        client.work(PATH + "/cycle", Map.of("count", cycles), (event, data) -> {
            progress.event(event, data);
            if (event.equals("cycle")) {
                if (data.path("outcome").asString().equals("COMMITTED")) {
                    life.committed++;
                } else {
                    life.discarded++;
                }
                life.peakMiB = Math.max(life.peakMiB, data.path("peakMiB").asLong());
                life.curve.add(
                        data.path("validation").path("personal").path("after").asDouble());
            }
        });
        return life;
    }

    private String head() {
        return client.get(PATH).path("head").path("id").asString();
    }

    private void requireSurvival(String learned) {
        JsonNode head = client.get(PATH).path("head");
        if (!head.path("id").asString().equals(learned)
                && !head.path("parent").asString("").equals(learned)) {
            throw new LauncherException(
                    "The update lost what was learned: its head does not come from commit " + learned);
        }
    }

    private static DemoReport.Personal personal(JsonNode measured) {
        JsonNode personal = measured.path("personal");
        return new DemoReport.Personal(
                personal.path("exactMatch").asDouble(),
                personal.path("editSimilarity").asDouble(),
                personal.path("top1").asDouble(),
                personal.path("lines").asInt());
    }

    private static DemoReport.Core core(JsonNode measured) {
        JsonNode core = measured.path("core");
        return new DemoReport.Core(
                core.path("top1").asDouble(), core.path("nats").asDouble());
    }
}
