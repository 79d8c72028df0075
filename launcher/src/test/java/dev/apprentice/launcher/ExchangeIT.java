package dev.apprentice.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.apprentice.launcher.client.ApiClient;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Adapters and the base go out to other programs and come back. */
class ExchangeIT {
    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final String SKILL = InterruptibleWork.SKILL;
    private static final Path EMBEDDED = Path.of("../bundles/base-model/src/main/resources/model");

    @TempDir
    private Path folder;

    @Test
    void whatWasLearnedGoesOutComesBackAsACommitAndCanBeRolledBack() throws Exception {
        Path home = LearnedHome.make(folder, new TestPublisher());
        try (RunningPlatform platform = RunningPlatform.start(home)) {
            ApiClient client = platform.client();
            Shelf.Skill learned = Shelf.of(client).skill(SKILL);
            assertThat(learned).isNotNull();
            String at = home.toString();
            Path peft = folder.resolve("peft");
            Path lora = folder.resolve("adapter.gguf");
            run("export", SKILL, "--format", "peft", "--out", peft.toString(), "--home", at);
            run("export", SKILL, "--format", "gguf-lora", "--out", lora.toString(), "--home", at);
            assertThat(peft.resolve("adapter_config.json")).isNotEmptyFile();
            assertThat(Files.readAllBytes(lora)).startsWith('G', 'G', 'U', 'F');

            String first = learned.history().getLast();
            run("history", "rollback", first, "--skill", SKILL, "--home", at);
            run("import", peft.toString(), "--skill", SKILL, "--home", at);
            JsonNode head = client.get("/api/skills/" + SKILL).path("head");
            assertThat(head.path("kind").asString()).isEqualTo("IMPORTED");
            assertThat(head.path("parent").asString()).isEqualTo(first);
            assertThat(head.path("adapterDigest").asString())
                    .isEqualTo(client.get("/api/skills/" + SKILL + "/history/" + learned.head())
                            .path("adapterDigest")
                            .asString());
            assertThat(events(client)).contains("ADAPTER_IMPORTED");

            run("history", "rollback", first, "--skill", SKILL, "--home", at);
            assertThat(client.get("/api/skills/" + SKILL)
                            .path("head")
                            .path("id")
                            .asString())
                    .isEqualTo(first);
            LearnedHome.requireWhole(client, Shelf.of(client), "exchange");
        }
    }

    @Test
    void anAdapterThatMakesTextsWorseIsRefusedAndTheRefusalIsAudited() throws Exception {
        Path home = LearnedHome.make(folder, new TestPublisher());
        try (RunningPlatform platform = RunningPlatform.start(home)) {
            ApiClient client = platform.client();
            Shelf before = Shelf.of(client);
            Path peft = folder.resolve("peft");
            run("export", SKILL, "--format", "peft", "--out", peft.toString(), "--home", home.toString());
            spoil(peft.resolve("adapter_model.safetensors"));
            BuiltProduct.Result refused =
                    BuiltProduct.run(LIMIT, "import", peft.toString(), "--skill", SKILL, "--home", home.toString());
            assertThat(refused.exit()).isEqualTo(1);
            assertThat(refused.errors()).contains("the loss rose", "what it knew stays");
            assertThat(Shelf.of(client)).isEqualTo(before);
            assertThat(events(client)).contains("ADAPTER_REFUSED");
        }
    }

    @Test
    void theBaseIsWrittenAsItIs() throws Exception {
        String home = folder.resolve("home").toString();
        Path hugging = folder.resolve("base");
        run("export", "--base", "--format", "safetensors", "--out", hugging.toString(), "--home", home);
        assertThat(hugging.resolve("tokenizer.json")).hasSameBinaryContentAs(EMBEDDED.resolve("tokenizer.json"));
        assertThat(Files.size(hugging.resolve("model.safetensors")))
                .isCloseTo(Files.size(EMBEDDED.resolve("model.safetensors")), within(1024L));
        BuiltProduct.Result taken = BuiltProduct.run(
                LIMIT, "export", "--base", "--format", "gguf", "--out", hugging.toString(), "--home", home);
        assertThat(taken.exit()).isEqualTo(1);
        assertThat(taken.errors()).contains("there already");
    }

    /** What a gap before a suffix is filled with ends before the suffix begins again. */
    @Test
    void aFilledGapDoesNotRunIntoTheSuffix() throws Exception {
        try (RunningPlatform platform = RunningPlatform.start(folder.resolve("home"))) {
            for (Gap gap : GAPS) {
                JsonNode answer = platform.client()
                        .post(
                                "/v1/completions",
                                Map.of(
                                        "model",
                                        "apprentice-base",
                                        "prompt",
                                        gap.prefix,
                                        "suffix",
                                        gap.suffix,
                                        "max_tokens",
                                        64,
                                        "temperature",
                                        0));
                JsonNode choice = answer.path("choices").path(0);
                assertThat(answer.path("apprentice").path("suffix_used").asBoolean())
                        .isTrue();
                assertThat(choice.path("text").asString())
                        .as("between %s and %s", gap.prefix, gap.suffix)
                        .doesNotContain(gap.suffix.strip().lines().findFirst().orElseThrow());
            }
        }
    }

    private record Gap(String prefix, String suffix) {}

    private static final List<Gap> GAPS = List.of(
            new Gap(
                    "int sum(int[] values) {\n    int total = 0;\n    for (int value : values) {\n",
                    "\n    }\n    return total;\n}\n"),
            new Gap(
                    "public final class Point {\n    private final int x;\n    private final int y;\n\n    ",
                    "    public int x() {\n        return x;\n    }\n"),
            new Gap("List<String> names = ", "names.add(first);\nnames.add(second);\n"));

    /** Makes noise of the numbers, which stay finite. */
    private static void spoil(Path file) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = Math.toIntExact(8 + bytes.getLong(0)); at < bytes.capacity(); at += 4) {
            bytes.putFloat(at, (at * 7919L % 1000) / 500f - 1);
        }
        Files.write(file, bytes.array());
    }

    private static Set<String> events(ApiClient client) {
        Set<String> events = new HashSet<>();
        for (JsonNode entry : client.get("/api/audit")) {
            events.add(entry.path("event").asString());
        }
        return events;
    }

    private static void run(String... arguments) throws IOException, InterruptedException {
        BuiltProduct.Result result = BuiltProduct.run(LIMIT, arguments);
        assertThat(result.exit()).as(result.errors()).isZero();
    }
}
