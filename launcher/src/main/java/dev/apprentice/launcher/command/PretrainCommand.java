package dev.apprentice.launcher.command;

import dev.apprentice.launcher.ProgressLine;
import dev.apprentice.launcher.Settings;
import dev.apprentice.launcher.client.Connection;
import dev.apprentice.launcher.demo.TemporaryHome;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** Trains all parameters of a small model on a folder of text. */
@Command(
        name = "pretrain",
        description = {
            "Train all parameters of a small model on a folder of text, and write it in Hugging Face layout.",
            "The same command goes on from the last checkpoint, and ends with the weights of a run that was never"
                    + " stopped."
        },
        mixinStandardHelpOptions = true)
final class PretrainCommand implements Callable<Integer> {
    @Mixin
    private JsonOption output = new JsonOption();

    @Option(
            names = "--corpus",
            required = true,
            paramLabel = "DIR",
            description = "Every text file in it is read, at any depth; hidden ones are not.")
    private Path corpus = Path.of("");

    @Option(
            names = "--out",
            required = true,
            paramLabel = "DIR",
            description = "A new folder, or that of a run to go on with.")
    private Path target = Path.of("");

    @Option(
            names = "--from",
            paramLabel = "MODEL",
            description = "A folder in Hugging Face layout or a GGUF file to go on from (default: the embedded model).")
    private @Nullable Path from;

    @Option(
            names = "--shape",
            paramLabel = "WxL",
            description = "Begin with fresh weights, so wide and of so many layers, such as 384x8.")
    private @Nullable String shape;

    @Option(names = "--steps", required = true, description = "Steps of the whole run.")
    private int steps;

    @Option(names = "--batch", description = "Pieces a step (default: 16).")
    private @Nullable Integer batch;

    @Option(names = "--length", description = "Tokens a piece (default: 512).")
    private @Nullable Integer length;

    @Option(names = "--optimizer", description = "muon or adamw (default: muon).")
    private @Nullable String optimizer;

    @Option(names = "--lr", description = "Peak learning rate (default: 0.02 for muon, 0.002 for adamw).")
    private @Nullable Double learningRate;

    @Option(names = "--weight-decay", description = "Decay of matrices for a learning rate of 1 (default: 0.1).")
    private @Nullable Double decay;

    @Option(names = "--warmup", description = "Steps to the peak learning rate (default: a twentieth of the steps).")
    private @Nullable Integer warmUp;

    @Option(names = "--schedule", description = "How the learning rate falls: linear or cosine (default: linear).")
    private @Nullable String schedule;

    @Option(names = "--fim", description = "Share of the documents whose middle is to be filled in (default: 0).")
    private @Nullable Double fillInTheMiddle;

    @Option(names = "--held-out", description = "Share of the files to measure on (default: 0.01).")
    private @Nullable Double heldOut;

    @Option(names = "--seed", description = "Of fresh weights and of the order of the text (default: 1).")
    private @Nullable Long seed;

    @Option(
            names = "--memory",
            paramLabel = "MIB",
            description = "What a pass may take beside weights and optimiser (default: 2048).")
    private @Nullable Integer memory;

    @Option(names = "--save-every", paramLabel = "STEPS", description = "Steps between checkpoints (default: 200).")
    private @Nullable Integer saveEvery;

    @Option(
            names = "--measure-every",
            paramLabel = "STEPS",
            description = "Steps between measurements on the held-out text (default: a twentieth of the steps).")
    private @Nullable Integer measureEvery;

    @Override
    public Integer call() {
        JsonNode report;
        try (TemporaryHome place = TemporaryHome.of(null);
                Connection connection =
                        Connection.start(Settings.read(place.path()).withPort(0));
                ProgressLine progress = new ProgressLine()) {
            report = connection.client().work("/api/pretrain", request(), (name, data) -> {
                progress.event(name, data);
                if (name.equals("measured")) {
                    progress.finish();
                    System.err.println(line(data));
                }
            });
        }
        output.print(report, PretrainCommand::text);
        return 0;
    }

    /** Without what is not given. */
    private Map<String, Object> request() {
        Map<String, Object> request = new LinkedHashMap<>();
        request.put("corpus", absolute(corpus));
        request.put("target", absolute(target));
        request.put("steps", steps);
        put(request, "from", from == null ? null : absolute(from));
        put(request, "shape", shape);
        put(request, "batch", batch);
        put(request, "length", length);
        put(request, "optimiser", optimizer);
        put(request, "learningRate", learningRate);
        put(request, "decay", decay);
        put(request, "warmUp", warmUp);
        put(request, "schedule", schedule);
        put(request, "fillInTheMiddle", fillInTheMiddle);
        put(request, "heldOut", heldOut);
        put(request, "seed", seed);
        put(request, "memory", memory);
        put(request, "saveEvery", saveEvery);
        put(request, "measureEvery", measureEvery);
        return request;
    }

    private static void put(Map<String, Object> request, String name, @Nullable Object value) {
        if (value != null) {
            request.put(name, value);
        }
    }

    private static String absolute(Path path) {
        return path.toAbsolutePath().normalize().toString();
    }

    private static String line(JsonNode measurement) {
        String loss = measurement.path("loss").isNumber()
                ? String.format(
                        Locale.ROOT,
                        ", trained on %.4f, %,.0f tokens/s",
                        measurement.path("loss").asDouble(),
                        measurement.path("tokensPerSecond").asDouble())
                : "";
        return String.format(
                Locale.ROOT,
                "step %d: held-out text %.4f nats a token, top-1 %.2f %%%s",
                measurement.path("step").asInt(),
                measurement.path("heldOut").asDouble(),
                100 * measurement.path("top1").asDouble(),
                loss);
    }

    private static void text(JsonNode report) {
        System.out.printf(
                Locale.ROOT,
                "%s: %.1f million parameters, steps %d to %d on %,d tokens at %,.0f tokens/s (%s)%n",
                report.path("target").asString(),
                1e-6 * report.path("parameters").asLong(),
                report.path("from").asInt(),
                report.path("steps").asInt(),
                report.path("trainingTokens").asLong(),
                report.path("tokensPerSecond").asDouble(),
                report.path("plan").asString());
        report.path("measurements").forEach(measurement -> System.out.println(line(measurement)));
    }
}
