package dev.apprentice.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.apprentice.launcher.client.ApiClient;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Makes homes that are worth losing, and looks whether one is still whole. */
final class LearnedHome {
    private LearnedHome() {}

    /** A home with a skill that has learned in two cycles, cleanly stopped. */
    static Path make(Path folder, TestPublisher publisher) throws Exception {
        Path home = folder.resolve("learned");
        try (RunningPlatform platform = RunningPlatform.start(home)) {
            ApiClient client = platform.client();
            publisher.becomeTrusted(client);
            publisher.install(client, InterruptibleWork.SKILL, "1.0.0");
            Path code = TestCode.write(folder.resolve("code"), 20);
            String path = "/api/skills/" + InterruptibleWork.SKILL;
            client.work(path + "/learn", Map.of("folder", code.toString()), (event, data) -> {});
            client.work(path + "/cycle", Map.of("count", 2), (event, data) -> {});
            Shelf.Skill skill = Shelf.of(client).skill(InterruptibleWork.SKILL);
            assertThat(skill).isNotNull();
            assertThat(skill.history()).as("at least one cycle was committed").hasSizeGreaterThan(1);
            platform.stop();
        }
        return home;
    }

    /** The audit chain holds, and every skill serves a commit of its history and answers. */
    static void requireWhole(ApiClient client, Shelf shelf, String name) {
        assertThat(client.post("/api/audit/verify", Map.of()).path("intact").asBoolean())
                .as(name)
                .isTrue();
        shelf.skills().forEach((id, skill) -> {
            assertThat(skill.state()).as("%s of %s", id, name).isEqualTo("SERVING");
            assertThat(skill.history()).as("%s of %s", id, name).contains(skill.head());
            StringBuilder text = new StringBuilder();
            client.complete(
                    Map.of("model", id, "prompt", "public class ", "max_tokens", 4, "stop", List.of(), "stream", true),
                    text::append);
            assertThat(text.toString()).as("a completion of %s in %s", id, name).isNotEmpty();
        });
    }
}
