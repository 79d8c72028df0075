package dev.apprentice.management.internal;

import dev.apprentice.http.EventStream;
import dev.apprentice.http.Exchange;
import dev.apprentice.http.HttpException;
import dev.apprentice.http.Routes;
import dev.apprentice.http.Routes.Access;
import dev.apprentice.management.LiveWork;
import dev.apprentice.management.Problems;
import dev.apprentice.model.Benchmark;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Measures the engine on models of real shapes, as long work. */
final class BenchmarkApi {
    private final Benchmark benchmark;

    BenchmarkApi(Benchmark benchmark) {
        this.benchmark = benchmark;
    }

    void contribute(Routes routes) {
        routes.post("/api/bench", Access.API, Problems.told(this::run));
        routes.post("/api/bench/model", Access.API, Problems.told(this::write));
    }

    private void write(Exchange exchange) {
        WantedModel wanted = exchange.json(WantedModel.class);
        Benchmark.Shape shape = Benchmark.Shape.parse(wanted.shape == null ? "" : wanted.shape);
        Path file = LocalPaths.absolute("file", wanted.file);
        LiveWork.run(exchange.events(), "Writing the model", () -> {
            benchmark.write(shape, weights(wanted.weights), file);
            return Map.of("file", file.toString());
        });
    }

    private static String weights(@Nullable String named) {
        return named == null ? "Q4_0" : named;
    }

    private void run(Exchange exchange) {
        Benchmark.Request request = exchange.json(Wanted.class).request();
        EventStream events = exchange.events();
        LiveWork.run(
                events,
                "The benchmark",
                () -> benchmark.run(
                        request, stage -> events.send("progress", Map.of("stage", stage, "done", 0, "total", 1))));
    }

    private record WantedModel(
            @Nullable String shape,
            @Nullable String weights,
            @Nullable String file) {}

    private record Wanted(
            @Nullable List<String> kinds,
            @Nullable List<String> shapes,
            @Nullable String weights) {
        Benchmark.Request request() {
            if (kinds == null || kinds.isEmpty() || shapes == null || shapes.isEmpty()) {
                throw new HttpException(
                        400, "bad_request", "kinds and shapes must each name at least one thing to measure: add it");
            }
            return new Benchmark.Request(
                    kinds.stream().map(Benchmark.Kind::parse).toList(),
                    shapes.stream().map(Benchmark.Shape::parse).toList(),
                    BenchmarkApi.weights(weights));
        }
    }
}
