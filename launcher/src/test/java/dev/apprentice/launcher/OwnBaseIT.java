package dev.apprentice.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A base model of one's own, and a skill made for it. */
class OwnBaseIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Map<String, String> PASSPHRASE = Map.of("APPRENTICE_PASSPHRASE", "a long passphrase");

    @TempDir
    private Path folder;

    @Test
    void aNewSkillIsSignedInstalledAndTrainedOnAnotherBase() throws Exception {
        String model = folder.resolve("own.gguf").toString();
        run("bench", "--write", model, "--shape", "16m", "--weights", "Q4_0");
        Path home = Files.createDirectories(folder.resolve("home"));
        Files.writeString(home.resolve(Settings.FILE), "model.dir=" + model + "\n");
        try (RunningPlatform platform = RunningPlatform.start(home)) {
            String skill = folder.resolve("mine.jar").toString();
            String keys = folder.resolve("keys.pem").toString();
            Path validation = Files.writeString(folder.resolve("validation.txt"), "int count = 0;");
            String at = home.toString();
            run("new-skill", skill, "--id", "mine", "--home", at, "--validation", validation.toString());
            run("key", "new", "--name", "Ada", keys);
            run("sign", "--keys", keys, skill);
            run("trust", "add", keys + ".public.pem", "--home", at);
            run("install", skill, "--home", at);
            String code = TestCode.write(folder.resolve("code"), 12).toString();
            JsonNode learned = JsonMapper.shared()
                    .readTree(run("learn", code, "--skill", "mine", "--cycles", "1", "--json", "--home", at));
            assertThat(learned.path("experiences").asInt()).isPositive();
            JsonNode cycle = learned.path("cycles").path(0);
            assertThat(cycle.path("outcome").asString()).isIn("COMMITTED", "DISCARDED");
            assertThat(cycle.path("tokensPerSecond").asDouble()).isPositive();
            assertThat(platform.client()
                            .get("/api/status")
                            .path("model")
                            .path("name")
                            .asString())
                    .isEqualTo("own");
        }
    }

    private static String run(String... arguments) throws IOException, InterruptedException {
        BuiltProduct.Result result = BuiltProduct.run(PASSPHRASE, LIMIT, arguments);
        assertThat(result.exit()).as(result.errors()).isZero();
        return result.output();
    }
}
