package dev.apprentice.launcher.command;

import dev.apprentice.launcher.LauncherException;
import dev.apprentice.launcher.ProgressLine;
import dev.apprentice.launcher.Settings;
import dev.apprentice.launcher.client.Connection;
import dev.apprentice.launcher.demo.TemporaryHome;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Measures the engine's speed and memory on models of real shapes with random weights. */
@Command(
        name = "bench",
        description =
                "Measure decoding, prefill, training and the cost of adapters, beside what the machine itself can do.",
        subcommands = InstallBenchCommand.class,
        mixinStandardHelpOptions = true)
final class BenchCommand implements Callable<Integer> {
    /** What a row may have beside its bench, shape and type. */
    private static final List<String> FACTS = List.of(
            "threads",
            "tokensPerSecond",
            "bandwidthFraction",
            "residentMiB",
            "peer",
            "ratio",
            "sparsity",
            "perplexity");

    @Mixin
    private JsonOption output = new JsonOption();

    @Parameters(
            arity = "0..*",
            paramLabel = "KIND",
            description =
                    "decode, prefill, train or lora (default: all of these); pretrain, training all weights; sparse, what"
                            + " leaving neurons out brings and costs.")
    private List<String> kinds = List.of();

    @Option(
            names = "--shape",
            split = ",",
            paramLabel = "SHAPE",
            description = "8b (Llama 3.1), 1b (Llama 3.2) or 16m, the embedded model (default: 16m).")
    private List<String> shapes = List.of("16m");

    @Option(names = "--weights", description = "How weights are held (default: ${DEFAULT-VALUE}).")
    private String weights = "Q4_0";

    @Option(
            names = "--peer",
            paramLabel = "PATH",
            description = "The llama-bench of a llama.cpp, to read and generate turn about with this engine.")
    private @Nullable Path peer;

    @Option(
            names = "--write",
            paramLabel = "FILE",
            description = "Measure nothing; write the model of the one shape as a GGUF file, to be used as a base.")
    private @Nullable Path file;

    @Override
    public Integer call() {
        if (file != null) {
            return write(file.toAbsolutePath().normalize());
        }
        Map<String, Object> request = new LinkedHashMap<>();
        request.put("kinds", kinds.isEmpty() ? List.of("decode", "prefill", "train", "lora") : kinds);
        request.put("shapes", shapes);
        request.put("weights", weights);
        JsonNode report;
        try (TemporaryHome place = TemporaryHome.of(null);
                Connection connection = Connection.start(settings(place));
                ProgressLine progress = new ProgressLine()) {
            report = connection.client().work("/api/bench", request, progress::event);
        }
        output.print(rows(report), rows -> text(report, rows));
        return 0;
    }

    private int write(Path target) {
        if (shapes.size() != 1) {
            throw new LauncherException("--write takes one --shape, not " + shapes + ": name one");
        }
        Map<String, String> request = Map.of("shape", shapes.getFirst(), "weights", weights, "file", target.toString());
        try (TemporaryHome place = TemporaryHome.of(null);
                Connection connection = Connection.start(settings(place));
                ProgressLine progress = new ProgressLine()) {
            connection.client().work("/api/bench/model", request, progress::event);
        }
        System.out.println("Written: " + target);
        return 0;
    }

    private Settings settings(TemporaryHome place) {
        Settings settings = Settings.read(place.path()).withPort(0);
        return peer == null ? settings : settings.withBenchmarkPeer(peer);
    }

    /** A row for each measurement, without the facts that it does not have. */
    private static ArrayNode rows(JsonNode report) {
        ArrayNode rows = JsonMapper.shared().createArrayNode();
        for (JsonNode result : report.path("results")) {
            ObjectNode row = rows.addObject();
            row.put("bench", result.path("bench").asString());
            row.put("shape", shape(result.path("shape").asString()));
            row.put("type", result.path("weightType").asString());
            for (String fact : FACTS) {
                if (!result.path(fact).isMissingNode() && !result.path(fact).isNull()) {
                    row.set(fact, result.path(fact));
                }
            }
        }
        return rows;
    }

    private static String shape(String constant) {
        return constant.substring(constant.lastIndexOf('_') + 1).toLowerCase(Locale.ROOT);
    }

    private static void text(JsonNode report, JsonNode rows) {
        JsonNode machine = report.path("machine");
        System.out.printf(
                Locale.ROOT,
                "%s; memory reads %.1f GB/s, matrix products %.0f GFLOP/s%n%n%-18s %-6s %-6s %14s %12s %13s %10s %8s %9s %10s%n",
                machine.path("kernels").asString(),
                machine.path("readBandwidth").asDouble(),
                machine.path("matrixPeak").asDouble(),
                "bench",
                "shape",
                "type",
                "tokens/s",
                "bandwidth",
                "resident MiB",
                "peer",
                "ratio",
                "left out",
                "perplexity");
        for (JsonNode row : rows) {
            System.out.printf(
                    Locale.ROOT,
                    "%-18s %-6s %-6s %14.1f %12s %13d %10s %8s %9s %10s%n",
                    row.path("bench").asString(),
                    row.path("shape").asString(),
                    row.path("type").asString(),
                    row.path("tokensPerSecond").asDouble(),
                    number("%.0f %%", row.path("bandwidthFraction"), 100),
                    row.path("residentMiB").asLong(),
                    number("%.1f", row.path("peer").path("tokensPerSecond"), 1),
                    number("%.3f", row.path("ratio"), 1),
                    number("%.1f %%", row.path("sparsity"), 100),
                    number("%.3f", row.path("perplexity"), 1));
        }
    }

    /** Nothing for a fact that the row does not have. */
    private static String number(String format, JsonNode fact, double times) {
        return fact.isNumber() ? String.format(Locale.ROOT, format, times * fact.asDouble()) : "";
    }
}
