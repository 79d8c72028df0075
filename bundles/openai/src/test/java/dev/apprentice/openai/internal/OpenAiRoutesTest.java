package dev.apprentice.openai.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.apprentice.learning.Experience;
import dev.apprentice.management.fixture.MemoryAudit;
import dev.apprentice.management.fixture.MemoryPlatform;
import dev.apprentice.management.fixture.RunningServer;
import dev.apprentice.management.fixture.ScriptedModel;
import dev.apprentice.model.AnswerForm;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class OpenAiRoutesTest {
    @TempDir
    Path home;

    private final ScriptedModel model = new ScriptedModel("base");
    private final MemoryPlatform platform = new MemoryPlatform("java", "");
    private RunningServer server;

    @BeforeEach
    void start() {
        server = new RunningServer(home, new MemoryAudit());
        server.add(new OpenAiRoutes(model, platform, platform));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void theBaseAnswersThroughNoAdapter() throws Exception {
        HttpResponse<String> response = complete("\"model\":\"base\",\"prompt\":\"ab\",\"seed\":7,\"max_tokens\":6");
        JsonNode answer = RunningServer.json(response);
        assertThat(answer.path("object").asString()).isEqualTo("text_completion");
        assertThat(answer.path("id").asString()).startsWith("cmpl-");
        JsonNode choice = answer.path("choices").path(0);
        assertThat(choice.path("text").asString()).isEqualTo("<ab> 1");
        assertThat(choice.path("finish_reason").asString()).isEqualTo("length");
        assertThat(choice.path("logprobs").isNull()).isTrue();
        assertThat(answer.path("usage").path("total_tokens").asInt()).isEqualTo(8);
        assertThat(answer.path("apprentice").path("base").asString()).isEqualTo("sha256:base");
        assertThat(answer.path("apprentice").path("adapter").asString()).isEmpty();
        assertThat(answer.path("apprentice").path("seed").asLong()).isEqualTo(7);
        assertThat(response.headers().firstValue("Apprentice-Provenance").orElse(""))
                .isEqualTo("base=sha256:base; skill=; version=; commit=; adapter=; seed=7");
    }

    @Test
    void aSkillAnswersWithItsTemplateDefaultsAndProvenance() throws Exception {
        JsonNode answer = RunningServer.json(complete("\"model\":\"java\",\"prompt\":\"ab\""));
        assertThat(answer.path("choices").path(0).path("text").asString()).isEqualTo("<skill:ab> 1 2 3 4");
        assertThat(answer.path("choices").path(0).path("finish_reason").asString())
                .isEqualTo("stop");
        JsonNode made = answer.path("apprentice");
        assertThat(made.path("skill").asString()).isEqualTo("java");
        assertThat(made.path("skill_version").asString()).isEqualTo("1.0.0");
        assertThat(made.path("commit").asString()).isEqualTo("c01.0.0");
        assertThat(made.path("adapter").asString()).isEqualTo("sha256:adapter");
    }

    @Test
    void aSuffixAsksForWhatStandsBetween() throws Exception {
        JsonNode filled =
                RunningServer.json(complete("\"model\":\"base\",\"prompt\":\"a\",\"suffix\":\"z\",\"max_tokens\":5"));
        assertThat(filled.path("choices").path(0).path("text").asString()).isEqualTo("<a_z>");
        assertThat(filled.path("apprentice").path("suffix_used").asBoolean()).isTrue();
        model.forgetGaps();
        JsonNode continued =
                RunningServer.json(complete("\"model\":\"base\",\"prompt\":\"a\",\"suffix\":\"z\",\"max_tokens\":3"));
        assertThat(continued.path("choices").path(0).path("text").asString()).isEqualTo("<a>");
        assertThat(continued.path("apprentice").path("suffix_used").asBoolean()).isFalse();
    }

    @Test
    void aCompletionStreamsInChunks() throws Exception {
        List<String> data = stream(
                "/v1/completions",
                "\"model\":\"base\",\"prompt\":\"\",\"max_tokens\":3,\"stream\":true,\"stream_options\":{\"include_usage\":true}");
        assertThat(data).hasSize(6).endsWith("[DONE]");
        List<JsonNode> chunks =
                data.subList(0, 5).stream().map(JsonMapper.shared()::readTree).toList();
        assertThat(chunks).allSatisfy(chunk -> {
            assertThat(chunk.path("object").asString()).isEqualTo("text_completion");
            assertThat(chunk.path("id")).isEqualTo(chunks.getFirst().path("id"));
            assertThat(chunk.path("created")).isEqualTo(chunks.getFirst().path("created"));
        });
        assertThat(chunks.stream()
                        .map(chunk -> chunk.path("choices").path(0).path("text").asString("")))
                .containsExactly("<", "$", ">", "", "");
        assertThat(chunks.get(3).path("choices").path(0).path("finish_reason").asString())
                .isEqualTo("length");
        assertThat(chunks.get(3).path("apprentice").path("base").asString()).isEqualTo("sha256:base");
        assertThat(chunks.get(4).path("choices").isEmpty()).isTrue();
        assertThat(chunks.get(4).path("usage").path("completion_tokens").asInt())
                .isEqualTo(3);
    }

    @Test
    void aChatStreamsInChunksOfItsOwnKind() throws Exception {
        List<String> data = stream(
                "/v1/chat/completions",
                "\"model\":\"base\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}],\"max_tokens\":2,\"stream\":true");
        assertThat(data).hasSize(5).endsWith("[DONE]");
        assertThat(data.getFirst())
                .contains(
                        "\"object\":\"chat.completion.chunk\"", "\"delta\":{\"role\":\"assistant\",\"content\":\"\"}");
        assertThat(data.get(1)).contains("\"delta\":{\"content\":\"<\"}", "\"finish_reason\":null");
        assertThat(data.get(3)).contains("\"delta\":{}", "\"finish_reason\":\"length\"");
    }

    @Test
    void aChatBecomesADialogue() throws Exception {
        String messages = "[{\"role\":\"system\",\"content\":\"Be brief.\"},"
                + "{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"A\"},{\"type\":\"text\",\"text\":\"B\"}]}]";
        JsonNode answer = RunningServer.json(server.post(
                "/v1/chat/completions", "{\"model\":\"base\",\"temperature\":0,\"messages\":" + messages + "}"));
        assertThat(answer.path("object").asString()).isEqualTo("chat.completion");
        JsonNode message = answer.path("choices").path(0).path("message");
        assertThat(message.path("role").asString()).isEqualTo("assistant");
        assertThat(message.path("content").asString()).startsWith("<System: Be brief.\nUser: AB\nAssistant:> 1");
    }

    @Test
    void aChatIsWrittenByTheModelsOwnTemplateIfItHasOne() throws Exception {
        model.writeConversations();
        String messages = "[{\"role\":\"developer\",\"content\":\"Be brief.\"},{\"role\":\"user\",\"content\":\"A\"}]";
        JsonNode answer = RunningServer.json(server.post(
                "/v1/chat/completions", "{\"model\":\"base\",\"temperature\":0,\"messages\":" + messages + "}"));
        assertThat(answer.path("choices")
                        .path(0)
                        .path("message")
                        .path("content")
                        .asString())
                .startsWith("<[system]Be brief.[user]A> 1");
        assertThat(model.lastRequest().stops()).isEmpty();

        JsonNode skill = RunningServer.json(
                server.post("/v1/chat/completions", "{\"model\":\"java\",\"messages\":" + messages + "}"));
        assertThat(skill.path("choices").path(0).path("message").path("content").asString())
                .contains("User: A");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"prompt\":\"a\"",
                "\"model\":\"base\"",
                "\"model\":\"base\",\"prompt\":3",
                "\"model\":\"base\",\"prompt\":[\"a\",\"b\"]",
                "\"model\":\"base\",\"prompt\":\"a\",\"logprobs\":21",
                "\"model\":\"base\",\"prompt\":\"a\",\"logprobs\":-1",
                "\"model\":\"base\",\"prompt\":\"a\",\"n\":0",
                "\"model\":\"base\",\"prompt\":\"a\",\"n\":17",
                "\"model\":\"base\",\"prompt\":\"a\",\"best_of\":2",
                "\"model\":\"base\",\"prompt\":\"a\",\"response_format\":{\"type\":\"xml\"}",
                "\"model\":\"base\",\"prompt\":\"a\",\"response_format\":{\"type\":\"json_schema\"}",
                "\"model\":\"base\",\"prompt\":\"a\",\"response_format\":{\"type\":\"json_object\"},\"stop\":\"x\"",
                "\"model\":\"base\",\"prompt\":\"a\",\"echo\":true,\"logprobs\":1",
                "\"model\":\"base\",\"prompt\":\"a\",\"presence_penalty\":2.5",
                "\"model\":\"base\",\"prompt\":\"a\",\"frequency_penalty\":-2.5",
                "\"model\":\"base\",\"prompt\":\"a\",\"logit_bias\":{\"x\":1}",
                "\"model\":\"base\",\"prompt\":\"a\",\"logit_bias\":{\"1\":101}",
                "\"model\":\"base\",\"prompt\":\"a\",\"logit_bias\":{\"1\":null}",
                "\"model\":\"base\",\"prompt\":\"a\",\"max_tokens\":0",
                "\"model\":\"base\",\"prompt\":\"a\",\"temperature\":-1",
                "\"model\":\"base\",\"prompt\":\"a\",\"temperature\":\"1\"",
                "\"model\":\"base\",\"prompt\":\"a\",\"top_p\":0",
                "\"model\":\"base\",\"prompt\":\"a\",\"top_k\":-1",
                "\"model\":\"base\",\"prompt\":\"a\",\"stop\":[1]",
                "\"model\":\"base\",\"prompt\":\"a\",\"stop\":\"\""
            })
    void whatCannotBeDoneIsRefused(String fields) throws Exception {
        for (String stream : new String[] {"", ",\"stream\":true"}) {
            HttpResponse<String> answer = complete(fields + stream);
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
            JsonNode error = RunningServer.json(answer).path("error");
            assertThat(error.propertyNames()).containsExactlyInAnyOrder("message", "type", "param", "code");
            assertThat(error.path("message").asString()).isNotBlank();
        }
    }

    @Test
    void severalAnswersShareOnePrompt() throws Exception {
        String fields = "\"model\":\"base\",\"prompt\":\"ab\",\"n\":3,\"seed\":7,\"echo\":true,\"max_tokens\":4";
        JsonNode answer = RunningServer.json(complete(fields));
        assertThat(answer.path("choices")
                        .valueStream()
                        .map(choice -> choice.path("index").asInt()))
                .containsExactly(0, 1, 2);
        assertThat(answer.path("choices")
                        .valueStream()
                        .map(choice -> choice.path("text").asString()))
                .containsOnly("ab<ab>");
        assertThat(answer.path("usage").path("prompt_tokens").asInt()).isEqualTo(2);
        assertThat(answer.path("usage").path("completion_tokens").asInt()).isEqualTo(12);

        List<String> data = stream(
                "/v1/completions",
                "\"model\":\"base\",\"prompt\":\"ab\",\"n\":2,\"max_tokens\":1,\"echo\":true,\"stream\":true");
        assertThat(data.subList(0, 6).stream()
                        .map(JsonMapper.shared()::readTree)
                        .map(chunk -> chunk.path("choices").path(0))
                        .map(choice -> choice.path("index").asInt()
                                + choice.path("text").asString()))
                .containsExactly("0ab", "0<", "0", "1ab", "1<", "1");
        assertThat(data).endsWith("[DONE]").hasSize(7);
    }

    @Test
    void tokensAreToldWithTheirProbabilitiesInTheOlderShape() throws Exception {
        JsonNode logprobs = RunningServer.json(
                        complete("\"model\":\"base\",\"prompt\":\"é\",\"max_tokens\":3,\"logprobs\":2"))
                .path("choices")
                .path(0)
                .path("logprobs");
        assertThat(logprobs.path("tokens").toString()).isEqualTo("[\"<\",\"é\",\">\"]");
        assertThat(logprobs.path("token_logprobs").toString()).isEqualTo("[-0.1,-0.1,-0.1]");
        assertThat(logprobs.path("text_offset").toString()).isEqualTo("[0,1,2]");
        assertThat(logprobs.path("top_logprobs").path(0).toString()).isEqualTo("{\"=\":-1.0,\">\":-2.0}");
    }

    @Test
    void tokensAreToldWithTheirBytesInChats() throws Exception {
        String fields =
                "\"model\":\"base\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}],\"max_tokens\":2,\"logprobs\":true";
        JsonNode content = RunningServer.json(
                        server.post("/v1/chat/completions", "{" + fields + ",\"top_logprobs\":1}"))
                .path("choices")
                .path(0)
                .path("logprobs")
                .path("content");
        assertThat(content.path(0).toString())
                .isEqualTo(
                        "{\"token\":\"<\",\"logprob\":-0.1,\"bytes\":[60],\"top_logprobs\":[{\"token\":\"=\",\"logprob\":-1.0,\"bytes\":[61]}]}");
        List<String> data = stream("/v1/chat/completions", fields + ",\"stream\":true");
        assertThat(data.get(1)).contains("\"logprobs\":{\"content\":[{\"token\":\"<\"");
        assertThat(server.post("/v1/chat/completions", "{" + fields.replace("true", "false") + ",\"top_logprobs\":1}")
                        .statusCode())
                .isEqualTo(400);
    }

    @Test
    void theFormOfAnAnswerReachesTheModelAndNoStopCutsIt() throws Exception {
        String fields = "\"model\":\"java\",\"prompt\":\"a\",\"response_format\":";
        complete(fields + "{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"n\",\"schema\":{\"type\":\"null\"}}}");
        assertThat(model.lastRequest().form()).isEqualTo(new AnswerForm.JsonSchema("{\"type\":\"null\"}"));
        assertThat(model.lastRequest().stops()).isEmpty();
        complete(fields + "{\"type\":\"json_object\"}");
        assertThat(model.lastRequest().form()).isEqualTo(new AnswerForm.JsonObject());
        complete(fields + "{\"type\":\"text\"}");
        assertThat(model.lastRequest().form()).isEqualTo(AnswerForm.FREE);
        assertThat(model.lastRequest().stops()).isNotEmpty();
    }

    @Test
    void gapsAreFilledInStreamsToo() throws Exception {
        List<String> data = stream(
                "/v1/completions",
                "\"model\":\"base\",\"prompt\":\"a\",\"suffix\":\"z\",\"max_tokens\":5,\"stream\":true");
        assertThat(data.subList(0, 5).stream()
                        .map(JsonMapper.shared()::readTree)
                        .map(chunk -> chunk.path("choices").path(0).path("text").asString()))
                .containsExactly("<", "a", "_", "z", ">");
        assertThat(data.get(5)).contains("\"suffix_used\":true");
    }

    @Test
    void textsAndTokensAreEmbedded() throws Exception {
        JsonNode one = RunningServer.json(embed("\"input\":\"abc\""));
        assertThat(one.path("object").asString()).isEqualTo("list");
        assertThat(one.path("data").toString())
                .isEqualTo("[{\"object\":\"embedding\",\"index\":0,\"embedding\":[97.0,3.0]}]");
        assertThat(one.path("usage").toString()).isEqualTo("{\"prompt_tokens\":3,\"total_tokens\":3}");

        JsonNode several = RunningServer.json(embed("\"input\":[\"a\",[98,99]],\"encoding_format\":\"base64\""));
        assertThat(several.path("data").path(1).path("index").asInt()).isEqualTo(1);
        assertThat(Base64.getDecoder()
                        .decode(several.path("data").path(1).path("embedding").asString()))
                .containsExactly(0, 0, 0xc4, 0x42, 0, 0, 0, 0x40);
        for (String bad : List.of("\"input\":[]", "\"input\":\"\"", "\"input\":[[]]", "\"input\":3", "\"x\":1")) {
            assertThat(embed(bad).statusCode()).as(bad).isEqualTo(400);
        }
        assertThat(embed("\"input\":\"a\",\"dimensions\":3").statusCode()).isEqualTo(400);
    }

    private HttpResponse<String> embed(String fields) throws Exception {
        return server.post("/v1/embeddings", "{\"model\":\"java\"," + fields + "}");
    }

    @Test
    void aPromptBeyondTheContextIsRefusedEvenWhenStreaming() throws Exception {
        String fields = "\"model\":\"base\",\"stream\":true,\"prompt\":\"" + "a".repeat(501) + "\"";
        assertThat(complete(fields).statusCode()).isEqualTo(400);
    }

    @Test
    void unknownModelsAreNotFound() throws Exception {
        HttpResponse<String> answer = complete("\"model\":\"gpt\",\"prompt\":\"a\"");
        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(RunningServer.json(answer).path("error").path("code").asString())
                .isEqualTo("model_not_found");
    }

    @Test
    void modelsAreTheBaseAndWhatServes() throws Exception {
        assertThat(ids(server.get("/v1/models"))).containsExactly("base", "java");
        assertThat(server.get("/v1/models/java").path("owned_by").asString()).isEqualTo("Publisher");
        platform.quarantine();
        assertThat(ids(server.get("/v1/models"))).containsExactly("base");
        assertThat(complete("\"model\":\"java\",\"prompt\":\"a\"").statusCode()).isEqualTo(404);
    }

    @Test
    void aClientThatGoesCancelsTheGeneration() throws Exception {
        model.goOnWithoutEnd();
        try (HttpClient client = HttpClient.newHttpClient()) {
            var request = server.api("/v1/completions")
                    .header("Content-Type", "application/json")
                    .POST(BodyPublishers.ofString("{\"model\":\"base\",\"prompt\":\"a\",\"stream\":true}"))
                    .build();
            InputStream events =
                    client.send(request, BodyHandlers.ofInputStream()).body();
            assertThat(events.readNBytes(100)).hasSize(100);
            events.close();
            client.shutdownNow();
        }
        int before = -1;
        for (int i = 0; i < 100 && before != model.pieces.get(); i++) {
            before = model.pieces.get();
            Thread.sleep(200);
        }
        assertThat(model.pieces).hasValue(before);
    }

    @ParameterizedTest
    @CsvSource({"accepted, ACCEPTED", "corrected, CORRECTED", "rejected, REJECTED"})
    void feedbackIsRecorded(String verdict, Experience.Verdict expected) throws Exception {
        HttpResponse<String> answer = feedback("\"answer\":\"b\",\"verdict\":\"" + verdict + "\",\"id\":\"cmpl-1\"");
        assertThat(answer.statusCode()).isEqualTo(202);
        Experience experience = platform.learner().recorded.getFirst();
        assertThat(experience.verdict()).isEqualTo(expected);
        assertThat(experience.source()).isEqualTo("api:cmpl-1");
        assertThat(experience.prompt()).isEqualTo("a");
    }

    @Test
    void refusedFeedbackTellsTheGuardsReason() throws Exception {
        HttpResponse<String> poison = feedback("\"answer\":\"poison\",\"verdict\":\"accepted\"");
        assertThat(poison.statusCode()).isEqualTo(422);
        assertThat(poison.body()).contains("too strange");
        assertThat(feedback("\"answer\":\"b\",\"verdict\":\"ingested\"").statusCode())
                .isEqualTo(400);
        assertThat(feedback("\"verdict\":\"accepted\"").statusCode()).isEqualTo(400);
        assertThat(platform.learner().recorded).isEmpty();
    }

    private HttpResponse<String> feedback(String fields) throws Exception {
        return server.post("/v1/feedback", "{\"skill\":\"java\",\"prompt\":\"a\"," + fields + "}");
    }

    private HttpResponse<String> complete(String fields) throws Exception {
        return server.post("/v1/completions", "{" + fields + "}");
    }

    private List<String> stream(String path, String fields) throws Exception {
        HttpResponse<String> answer = server.post(path, "{" + fields + "}");
        assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("text/event-stream");
        List<String> data = new ArrayList<>();
        for (String block : answer.body().split("\n\n", 0)) {
            assertThat(block).startsWith("data: ").doesNotContain("\n");
            data.add(block.substring("data: ".length()));
        }
        return data;
    }

    private static List<String> ids(JsonNode models) {
        List<String> ids = new ArrayList<>();
        models.path("data").forEach(entry -> ids.add(entry.path("id").asString()));
        return ids;
    }
}
