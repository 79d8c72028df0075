package dev.apprentice.management.internal;

import dev.apprentice.http.EventStream;
import dev.apprentice.http.Exchange;
import dev.apprentice.http.Routes;
import dev.apprentice.http.Routes.Access;
import dev.apprentice.management.LiveWork;
import dev.apprentice.management.Problems;
import dev.apprentice.management.ThrottledProgress;
import dev.apprentice.model.Quantization;
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
                    LocalPaths.absolute("model", model),
                    Quantization.Method.parse(method == null ? "gptq" : method),
                    weights == null ? "Q4_0" : weights,
                    Optional.ofNullable(calibration).map(text -> LocalPaths.absolute("calibration", text)),
                    Optional.ofNullable(heldOut).map(text -> LocalPaths.absolute("heldOut", text)),
                    LocalPaths.absolute("target", target));
        }
    }
}
