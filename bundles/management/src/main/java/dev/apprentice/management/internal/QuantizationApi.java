package dev.apprentice.management.internal;

import dev.apprentice.http.EventStream;
import dev.apprentice.http.Exchange;
import dev.apprentice.http.HttpException;
import dev.apprentice.http.Routes;
import dev.apprentice.http.Routes.Access;
import dev.apprentice.management.LiveWork;
import dev.apprentice.management.Problems;
import dev.apprentice.management.ThrottledProgress;
import dev.apprentice.model.Quantization;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Makes four-bit models, as long work. */
final class QuantizationApi {
    private final Quantization quantization;

    QuantizationApi(Quantization quantization) {
        this.quantization = quantization;
    }

    void contribute(Routes routes) {
        routes.post("/api/quantize", Access.API, Problems.told(this::run));
    }

    private void run(Exchange exchange) {
        Quantization.Request request = exchange.json(Wanted.class).request();
        EventStream events = exchange.events();
        ThrottledProgress progress = new ThrottledProgress(events);
        LiveWork.run(events, "Quantising " + request.model(), () -> quantization.run(request, progress::update));
    }

    private record Wanted(
            @Nullable String model,
            @Nullable String method,
            @Nullable String weights,
            @Nullable String calibration,
            @Nullable String heldOut,
            @Nullable String target) {
        Quantization.Request request() {
            return new Quantization.Request(
                    path("model", model),
                    Quantization.Method.parse(method == null ? "gptq" : method),
                    weights == null ? "Q4_0" : weights,
                    Optional.ofNullable(calibration).map(text -> path("calibration", text)),
                    Optional.ofNullable(heldOut).map(text -> path("heldOut", text)),
                    path("target", target));
        }

        private static Path path(String field, @Nullable String text) {
            try {
                Path path = Path.of(text == null ? "" : text);
                if (path.isAbsolute()) {
                    return path;
                }
            } catch (InvalidPathException _) {
                // Told below, like a path that is not absolute.
            }
            throw new HttpException(400, "bad_path", field + " must be an absolute path on this machine: change it");
        }
    }
}
