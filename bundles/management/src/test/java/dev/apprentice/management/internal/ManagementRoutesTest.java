package dev.apprentice.management.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.apprentice.learning.Learner;
import dev.apprentice.management.PlatformStatus;
import dev.apprentice.management.fixture.MemoryAudit;
import dev.apprentice.management.fixture.MemoryPlatform;
import dev.apprentice.management.fixture.MemoryPublishers;
import dev.apprentice.management.fixture.MemoryStore;
import dev.apprentice.management.fixture.RunningServer;
import dev.apprentice.management.fixture.ScriptedModel;
import dev.apprentice.model.BaseExport;
import dev.apprentice.model.Benchmark;
import dev.apprentice.model.ModelException;
import dev.apprentice.model.Pretraining;
import dev.apprentice.model.Quantization;
import dev.apprentice.store.AuditEvent;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

final class ManagementRoutesTest {
    @TempDir
    Path home;

    private final MemoryAudit audit = new MemoryAudit();
    private final MemoryPlatform platform = new MemoryPlatform("java", "");
    private final PlatformStatus status = () -> new PlatformStatus.Report(
            "1",
            "u",
            "h",
            1,
            new PlatformStatus.Model("m", "d", "F32", 2),
            "scalar",
            List.of(),
            1,
            PeakMemory.mebibytes());
    private RunningServer server;

    @BeforeEach
    void start() {
        server = new RunningServer(home, audit);
        server.add(new ManagementRoutes(
                server.server,
                status,
                platform,
                platform,
                new MemoryPublishers("Ada", "ab12"),
                new MemoryStore(home, audit),
                BENCHMARK,
                ManagementRoutesTest::quantization,
                new ScriptedModel("base"),
                ManagementRoutesTest::exportBase,
                ManagementRoutesTest::pretraining));
    }

    private static void exportBase(BaseExport.Format format, Path target) {
        try {
            Files.writeString(target, format.label());
        } catch (IOException e) {
            throw new ModelException(ModelException.Code.BAD_REQUEST, target + " cannot be written", e);
        }
    }

    @Test
    void theBaseIsExportedAsLongWork() throws Exception {
        Path file = home.resolve("base.gguf");
        String events = server.post("/api/base/export", "{\"format\": \"gguf\", \"target\": \"" + file + "\"}")
                .body();
        assertThat(events).contains("event: result");
        assertThat(file).hasContent("gguf");
        HttpResponse<String> refused =
                server.post("/api/base/export", "{\"format\": \"onnx\", \"target\": \"" + file + "\"}");
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body()).contains("onnx", "gguf or safetensors");
    }

    @Test
    void whatCannotBeExportedOrImportedIsRefusedByName() throws Exception {
        HttpResponse<String> format = server.post(
                "/api/skills/java/export", "{\"format\": \"zip\", \"target\": \"" + home.resolve("a") + "\"}");
        assertThat(format.statusCode()).isEqualTo(400);
        assertThat(format.body()).contains("zip", "peft or gguf-lora");
        HttpResponse<String> taken =
                server.post("/api/skills/java/export", "{\"format\": \"peft\", \"target\": \"" + home + "\"}");
        assertThat(taken.statusCode()).isEqualTo(400);
        assertThat(taken.body()).contains("there already");
        HttpResponse<String> nothing =
                server.post("/api/skills/java/import", "{\"folder\": \"" + home.resolve("none") + "\"}");
        assertThat(nothing.statusCode()).isEqualTo(400);
        assertThat(nothing.body()).contains("adapter_config.json");
    }

    /** Says one figure for what is asked, or that the model is not there. */
    private static Quantization.Report quantization(Quantization.Request request, Quantization.Progress progress) {
        if (request.model().endsWith("none.gguf")) {
            throw new ModelException(ModelException.Code.BAD_MODEL, "There is no model");
        }
        progress.update("Quantising blocks", 1, 2);
        return new Quantization.Report(request.method(), request.weightType(), 16, 17.5, 0.25, 2048, 512, 100, 25);
    }

    @Test
    void aModelIsQuantisedAsLongWork() throws Exception {
        String events = server.post("/api/quantize", """
            {"model": "/m/a.gguf", "method": "awq", "weights": "Q4_G128", "target": "/m/b.gguf"}
            """).body();
        assertThat(events)
                .contains(
                        "\"stage\":\"Quantising blocks\",\"done\":1,\"total\":2",
                        "\"perplexityAfter\":17.5",
                        "\"weightType\":\"Q4_G128\"");
        assertThat(server.post("/api/quantize", "{\"model\": \"/m/none.gguf\", \"target\": \"/m/b.gguf\"}")
                        .body())
                .contains("event: error", "There is no model");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"model\": \"/m/a.gguf\"}",
                "{\"model\": \"a.gguf\", \"target\": \"/m/b.gguf\"}",
                "{\"model\": \"/m/a.gguf\", \"target\": \"/m/b.gguf\", \"calibration\": \"text\"}",
                "{\"model\": \"/m/a.gguf\", \"target\": \"/m/b.gguf\", \"method\": \"guess\"}"
            })
    void whatCannotBeQuantisedIsRefusedBeforeItRuns(String body) throws Exception {
        assertThat(server.post("/api/quantize", body).statusCode()).isEqualTo(400);
    }

    /** Takes one step, unless the corpus is empty. */
    private static Pretraining.Report pretraining(Pretraining.Request request, Pretraining.Listener listener) {
        if (request.text().corpus().endsWith("empty")) {
            throw new ModelException(ModelException.Code.BAD_REQUEST, "There is no text");
        }
        listener.trained(new Pretraining.Step(1, request.course().steps(), 2.5, 1234, 61));
        Pretraining.Measurement measured = new Pretraining.Measurement(1, 2.25, 0.5, OptionalDouble.of(2.5), 1234);
        listener.measured(measured);
        return new Pretraining.Report(
                request.target().toString(),
                100,
                0,
                request.course().steps(),
                2000,
                20,
                1234,
                request.recipe().optimiser() + " at " + request.recipe().learningRate(),
                List.of(measured));
    }

    @Test
    void aModelIsTrainedAsLongWork() throws Exception {
        String events = server.post("/api/pretrain", """
            {"corpus": "/c", "target": "/m", "steps": 40, "shape": "384x8", "optimiser": "adamw"}
            """).body();
        assertThat(events)
                .contains(
                        "\"stage\":\"Training\",\"done\":1,\"total\":40",
                        "\"detail\":\"loss 2.500, 1,234 tokens/s, 0:01:01 left\"",
                        "event: measured",
                        "\"heldOut\":2.25",
                        "\"plan\":\"ADAMW at 0.002\"");
        assertThat(server.post("/api/pretrain", "{\"corpus\": \"/empty\", \"target\": \"/m\", \"steps\": 1}")
                        .body())
                .contains("event: error", "There is no text");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"corpus\": \"/c\", \"target\": \"/m\"}",
                "{\"corpus\": \"c\", \"target\": \"/m\", \"steps\": 1}",
                "{\"corpus\": \"/c\", \"target\": \"/m\", \"steps\": 0}",
                "{\"corpus\": \"/c\", \"target\": \"/m\", \"steps\": 1, \"shape\": \"small\"}",
                "{\"corpus\": \"/c\", \"target\": \"/m\", \"steps\": 1, \"shape\": \"384x8\", \"from\": \"/n\"}",
                "{\"corpus\": \"/c\", \"target\": \"/m\", \"steps\": 1, \"optimiser\": \"sgd\"}"
            })
    void whatCannotBeTrainedIsRefusedBeforeItRuns(String body) throws Exception {
        assertThat(server.post("/api/pretrain", body).statusCode()).isEqualTo(400);
    }

    /** Says one figure for what is asked, or that there is too little memory for it; writes models of few bytes. */
    private static final Benchmark BENCHMARK = new Benchmark() {
        @Override
        public void write(Benchmark.Shape shape, String weightType, Path file) {
            try {
                Files.writeString(file, shape.label() + " " + weightType);
            } catch (IOException e) {
                throw new ModelException(ModelException.Code.BAD_REQUEST, file + " cannot be written", e);
            }
        }

        @Override
        public Benchmark.Report run(Benchmark.Request request, Consumer<String> progress) {
            if (request.shapes().contains(Benchmark.Shape.LLAMA_8B)) {
                throw new ModelException(ModelException.Code.BAD_REQUEST, "2 GiB are missing");
            }
            progress.accept("measuring " + request.weightType());
            return new Benchmark.Report(
                    new Benchmark.Machine("scalar", 1, 40, 100),
                    List.of(new Benchmark.Result(
                            "decode",
                            request.shapes().getFirst(),
                            request.weightType(),
                            1,
                            12.5,
                            OptionalDouble.of(0.5),
                            64,
                            Optional.of(new Benchmark.Peer("other", 10)),
                            OptionalDouble.empty(),
                            OptionalDouble.empty(),
                            OptionalDouble.empty())));
        }
    };

    @Test
    void aModelOfAShapeIsWrittenAsLongWork() throws Exception {
        Path file = home.resolve("m.gguf");
        String events = server.post("/api/bench/model", "{\"shape\": \"8b\", \"file\": \"" + file + "\"}")
                .body();
        assertThat(events).contains("event: result");
        assertThat(file).hasContent("8b Q4_0");
        assertThat(server.post("/api/bench/model", "{\"shape\": \"8b\", \"file\": \"m.gguf\"}")
                        .statusCode())
                .isEqualTo(400);
    }

    @Test
    void theEngineIsMeasuredAsLongWork() throws Exception {
        String events = server.post("/api/bench", "{\"kinds\":[\"decode\"],\"shapes\":[\"1b\"]}")
                .body();
        assertThat(events).contains("measuring Q4_0", "\"tokensPerSecond\":12.5", "\"bandwidthFraction\":0.5");
        assertThat(events).contains("\"peer\":{\"name\":\"other\",\"tokensPerSecond\":10.0}");
        assertThat(server.post("/api/bench", "{\"kinds\":[\"decode\"],\"shapes\":[\"8b\"]}")
                        .body())
                .contains("event: error", "2 GiB are missing");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"kinds\":[\"decode\"],\"shapes\":[]}",
                "{\"kinds\":[\"sleep\"],\"shapes\":[\"1b\"]}",
                "{\"kinds\":[\"decode\"],\"shapes\":[\"70b\"]}"
            })
    void whatCannotBeMeasuredIsRefusedBeforeItRuns(String body) throws Exception {
        assertThat(server.post("/api/bench", body).statusCode()).isEqualTo(400);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /api/status",
        "GET, /api/skills",
        "POST, /api/skills",
        "GET, /api/skills/java",
        "DELETE, /api/skills/java",
        "POST, /api/skills/java/rollback",
        "GET, /api/skills/java/history",
        "POST, /api/skills/java/learn",
        "POST, /api/skills/java/cycle",
        "POST, /api/skills/java/measure",
        "POST, /api/bench",
        "POST, /api/bench/model",
        "POST, /api/quantize",
        "POST, /api/pretrain",
        "GET, /api/publishers",
        "POST, /api/publishers",
        "DELETE, /api/publishers/ab12",
        "GET, /api/audit",
        "POST, /api/audit/verify",
        "POST, /api/sign-in-token"
    })
    void nothingIsOpenWithoutTheKey(String method, String path) throws Exception {
        assertThat(server.send(server.open(path).method(method, BodyPublishers.ofString("{}")))
                        .statusCode())
                .isEqualTo(401);
        assertThat(platform.changes).isEmpty();
    }

    @Test
    void statusTellsModelAndMemory() throws Exception {
        JsonNode report = server.get("/api/status");
        assertThat(report.path("model").path("weights").asString()).isEqualTo("F32");
        assertThat(report.path("peakMiB").asLong()).isPositive();
    }

    @Test
    void aSignedSkillIsInstalledAndAnUnsignedOneIsRefused() throws Exception {
        HttpResponse<String> good = server.send(RunningServer.upload(server.api("/api/skills"), "", "2.0.0", "signed"));
        assertThat(good.statusCode()).isEqualTo(200);
        assertThat(RunningServer.json(good).path("version").asString()).isEqualTo("2.0.0");

        HttpResponse<String> bad = server.send(RunningServer.upload(server.api("/api/skills"), "", "3.0.0", ""));
        assertThat(bad.statusCode()).isEqualTo(422);
        assertThat(RunningServer.json(bad).path("error").path("code").asString())
                .isEqualTo("signature");
        assertThat(RunningServer.json(bad).path("error").path("message").asString())
                .contains("no signature");
        assertThat(server.get("/api/skills").path(0).path("version").asString()).isEqualTo("2.0.0");
    }

    @Test
    void aSkillThatAsksForPermissionsIsInstalledWithConsentOnly() throws Exception {
        String asking = "2.0.0 asks for files";
        HttpResponse<String> silent =
                server.send(RunningServer.upload(server.api("/api/skills"), "", asking, "signed"));
        assertThat(silent.statusCode()).isEqualTo(422);
        assertThat(RunningServer.json(silent).path("error").path("code").asString())
                .isEqualTo("consent");
        HttpResponse<String> unknown =
                server.send(RunningServer.upload(server.api("/api/skills"), allowing("everything"), asking, "signed"));
        assertThat(RunningServer.json(unknown).path("error").path("message").asString())
                .contains("'everything'", "files, read_clock");
        HttpResponse<String> agreed = server.send(
                RunningServer.upload(server.api("/api/skills"), allowing("files,read_clock"), asking, "signed"));
        assertThat(agreed.statusCode()).isEqualTo(200);
    }

    private static String allowing(String labels) {
        return "--b\r\nContent-Disposition: form-data; name=\"allow\"\r\n\r\n" + labels + "\r\n";
    }

    @Test
    void aSkillIsShownWithHeadAndBuffer() throws Exception {
        JsonNode skill = server.get("/api/skills/java");
        assertThat(skill.path("head").path("id").asString()).isEqualTo("c01.0.0");
        assertThat(skill.path("buffer").path("capacity").asInt()).isEqualTo(2048);
        assertThat(server.send(server.api("/api/skills/other")).statusCode()).isEqualTo(404);
    }

    @Test
    void rollbackTakesACommitOrAVersion() throws Exception {
        assertThat(server.post("/api/skills/java/rollback", "{\"commit\":\"c01.0.0\"}")
                        .statusCode())
                .isEqualTo(200);
        assertThat(server.post("/api/skills/java/rollback", "{\"version\":\"0.9.0\"}")
                        .statusCode())
                .isEqualTo(200);
        assertThat(server.post("/api/skills/java/rollback", "{\"commit\":\"x\"}")
                        .statusCode())
                .isEqualTo(404);
        assertThat(server.post("/api/skills/java/rollback", "{}").statusCode()).isEqualTo(400);
        assertThat(server.post("/api/skills/java/rollback", "{\"commit\":\"a\",\"version\":\"b\"}")
                        .statusCode())
                .isEqualTo(400);
        assertThat(platform.changes).containsExactly("roll back to commit c01.0.0", "roll back to version 0.9.0");
    }

    @Test
    void removingSaysWhatBecomesOfWhatWasLearned() throws Exception {
        assertThat(server.send(server.api("/api/skills/java?learned=maybe").DELETE())
                        .statusCode())
                .isEqualTo(400);
        assertThat(server.send(server.api("/api/skills/java?learned=destroy").DELETE())
                        .statusCode())
                .isEqualTo(200);
        assertThat(platform.changes).containsExactly("remove and DESTROY");
    }

    @Test
    void cyclesAreToldOneByOne() throws Exception {
        String events = server.post("/api/skills/java/cycle", "{\"count\":2}").body();
        assertThat(events.split("event: cycle\n", -1)).hasSize(3);
        assertThat(events).contains("event: progress\ndata: {\"stage\":\"training\",\"done\":3,\"total\":3}");
        assertThat(events)
                .contains("event: result\ndata: {\"cycles\":2,\"committed\":2,\"discarded\":0,\"head\":\"c21.0.0\"}");
        assertThat(server.get("/api/skills/java/history")).hasSize(3);
        assertThat(server.get("/api/skills/java/history/c11.0.0").path("cycle").asInt())
                .isEqualTo(1);
        assertThat(server.send(server.api("/api/skills/java/history/c9")).statusCode())
                .isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"count\":0}", "{\"count\":-1}", "{\"count\":10001}", "{\"count\":\"2\"}", "{"})
    void aBadCountIsRefusedBeforeAnythingRuns(String body) throws Exception {
        assertThat(server.post("/api/skills/java/cycle", body).statusCode()).isEqualTo(400);
        assertThat(platform.learner().log()).hasSize(1);
    }

    @Test
    void cyclesStopWhenTheClientGoes() throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            var request = server.api("/api/skills/java/cycle")
                    .header("Content-Type", "application/json")
                    .POST(BodyPublishers.ofString("{\"count\":10000}"))
                    .build();
            InputStream events =
                    client.send(request, BodyHandlers.ofInputStream()).body();
            assertThat(events.readNBytes(100)).hasSize(100);
            events.close();
            client.shutdownNow();
        }
        int before = -1;
        for (int i = 0; i < 100 && before != platform.learner().log().size(); i++) {
            before = platform.learner().log().size();
            Thread.sleep(200);
        }
        assertThat(platform.learner().log().size()).isEqualTo(before).isLessThan(10_001);
    }

    @Test
    void learningTakesAFolderOfThisMachine() throws Exception {
        String events = server.post("/api/skills/java/learn", "{\"folder\":\"" + home + "\"}")
                .body();
        assertThat(events).contains("event: result\ndata: {\"order\":\"file time\",\"skipped\":1,");
        for (String folder : List.of("", "relative", home + "/missing", "\\u0000")) {
            assertThat(server.post("/api/skills/java/learn", "{\"folder\":\"" + folder + "\"}")
                            .statusCode())
                    .as(folder)
                    .isEqualTo(400);
        }
    }

    @Test
    void howMuchIsMeasuredOnCanBeAskedFor() throws Exception {
        server.post("/api/skills/java/learn", "{\"folder\":\"" + home + "\"}");
        assertThat(platform.learner().measuredTokens()).isEqualTo(Learner.MEASURED_TOKENS);
        server.post("/api/skills/java/learn", "{\"folder\":\"" + home + "\",\"measuredTokens\":500}");
        assertThat(platform.learner().measuredTokens()).isEqualTo(500);
        assertThat(server.post("/api/skills/java/learn", "{\"folder\":\"" + home + "\",\"measuredTokens\":0}")
                        .statusCode())
                .isEqualTo(400);
    }

    @Test
    void whatCannotBeMeasuredIsToldAsAnEvent() throws Exception {
        assertThat(server.post("/api/skills/java/measure", "{}").body())
                .isEqualTo("event: error\n"
                        + "data: {\"code\":\"nothing_to_do\",\"message\":\"Nothing is held out: take in a folder"
                        + " first\"}\n\n");
    }

    @Test
    void aSkillInQuarantineLearnsNothing() throws Exception {
        platform.quarantine();
        assertThat(server.post("/api/skills/java/cycle", "{}").statusCode()).isEqualTo(409);
        assertThat(server.get("/api/skills/java").path("head").isNull()).isTrue();
    }

    @Test
    void publishersAreTrustedByPem() throws Exception {
        assertThat(server.send(server.api("/api/publishers").POST(BodyPublishers.ofString("no")))
                        .statusCode())
                .isEqualTo(422);
        String pem = "-----BEGIN CERTIFICATE-----\nx";
        assertThat(RunningServer.json(server.send(server.api("/api/publishers").POST(BodyPublishers.ofString(pem))))
                        .path("fingerprint")
                        .asString())
                .isEqualTo("cd34");
        assertThat(server.send(server.api("/api/publishers/ab12").DELETE()).statusCode())
                .isEqualTo(200);
        assertThat(server.get("/api/publishers")).hasSize(1);
    }

    @Test
    void theAuditLogIsReadAndChecked() throws Exception {
        audit.append(AuditEvent.STARTED, "platform", "1");
        audit.append(AuditEvent.SKILL_REFUSED, "java", "why");
        assertThat(server.get("/api/audit?limit=1")).hasSize(1);
        assertThat(server.get("/api/audit").path(0).path("detail").asString()).isEqualTo("why");
        assertThat(server.send(server.api("/api/audit?limit=0")).statusCode()).isEqualTo(400);
        assertThat(server.post("/api/audit/verify", "{}").body()).isEqualTo("{\"intact\":true,\"problem\":\"\"}");
        audit.breakChain();
        assertThat(server.post("/api/audit/verify", "{}").body()).contains("\"intact\":false", "Entry 1");
    }

    @Test
    void aSignInLinkOpensTheServer() throws Exception {
        String url = RunningServer.json(server.post("/api/sign-in-token", "{}"))
                .path("url")
                .asString();
        URI link = URI.create(url);
        assertThat(url).startsWith(server.server.url() + "/sign-in?token=");
        assertThat(server.send(server.open(link.getPath() + "?" + link.getQuery()))
                        .body())
                .contains("Sign in");
    }
}
