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
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Makes a four-bit model of a larger one and says what that costs. */
@Command(
        name = "quantize",
        description = {
            "Put a model's linear layers into four bits and write it as a GGUF file.",
            "Perplexity is measured before and after on the held-out text, of which nothing should be in the calibration text."
        },
        mixinStandardHelpOptions = true)
final class QuantizeCommand implements Callable<Integer> {
    @Mixin
    private JsonOption output = new JsonOption();

    @Parameters(index = "0", paramLabel = "MODEL", description = "A GGUF file, or a folder in Hugging Face layout.")
    private Path model = Path.of("");

    @Parameters(index = "1", paramLabel = "TARGET", description = "The GGUF file to write.")
    private Path target = Path.of("");

    @Option(names = "--method", description = "gptq, awq or round (default: ${DEFAULT-VALUE}).")
    private String method = "gptq";

    @Option(
            names = "--weights",
            description = "Q4_0, which llama.cpp reads too, or Q4_G128 (default: ${DEFAULT-VALUE}).")
    private String weights = "Q4_0";

    @Option(
            names = "--calibrate",
            paramLabel = "FILE",
            description = "Text like that which the model will see (default: the Java of the embedded model).")
    private @Nullable Path calibration;

    @Option(
            names = "--held-out",
            paramLabel = "FILE",
            description = "Text to measure on (default: the core set of the embedded model).")
    private @Nullable Path heldOut;

    @Override
    public Integer call() {
        Map<String, String> request = new LinkedHashMap<>();
        request.put("model", absolute(model));
        request.put("target", absolute(target));
        request.put("method", method);
        request.put("weights", weights);
        if (calibration != null) {
            request.put("calibration", absolute(calibration));
        }
        if (heldOut != null) {
            request.put("heldOut", absolute(heldOut));
        }
        JsonNode report;
        try (TemporaryHome place = TemporaryHome.of(null);
                Connection connection =
                        Connection.start(Settings.read(place.path()).withPort(0));
                ProgressLine progress = new ProgressLine()) {
            report = connection.client().work("/api/quantize", request, progress::event);
        }
        output.print(report, this::text);
        return 0;
    }

    private static String absolute(Path path) {
        return path.toAbsolutePath().normalize().toString();
    }

    private void text(JsonNode report) {
        System.out.printf(
                Locale.ROOT,
                "%s: %s by %s, %.1f MiB instead of %.1f%nperplexity %.4f before, %.4f after (%+.2f %%) over %d tokens; %.5f nats from the model before%n",
                target,
                report.path("weightType").asString(),
                method,
                mebibytes(report.path("bytesAfter")),
                mebibytes(report.path("bytesBefore")),
                report.path("perplexityBefore").asDouble(),
                report.path("perplexityAfter").asDouble(),
                100
                        * (report.path("perplexityAfter").asDouble()
                                        / report.path("perplexityBefore").asDouble()
                                - 1),
                report.path("heldOutTokens").asLong(),
                report.path("divergence").asDouble());
    }

    private static double mebibytes(JsonNode bytes) {
        return bytes.asDouble() / (1 << 20);
    }
}
