package dev.apprentice.management.internal;

import dev.apprentice.http.Exchange;
import dev.apprentice.http.HttpException;
import dev.apprentice.http.Routes;
import dev.apprentice.http.Routes.Access;
import dev.apprentice.learning.Learner;
import dev.apprentice.management.LiveWork;
import dev.apprentice.management.Problems;
import dev.apprentice.management.ThrottledProgress;
import dev.apprentice.model.Adapter;
import dev.apprentice.model.AdapterFiles;
import dev.apprentice.model.BaseExport;
import dev.apprentice.model.LanguageModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What goes to other programs and comes from them: adapters and the base, as files on this machine. */
final class ExchangeApi {
    private static final String CONFIG = "adapter_config.json";
    private static final String TENSORS = "adapter_model.safetensors";
    private static final long LARGEST_ADAPTER = 1L << 30;

    private final LanguageModel model;
    private final BaseExport base;
    private final Function<Exchange, Learner> learner;

    /** @param learner finds that of the skill which a path names, or refuses */
    ExchangeApi(LanguageModel model, BaseExport base, Function<Exchange, Learner> learner) {
        this.model = model;
        this.base = base;
        this.learner = learner;
    }

    void contribute(Routes routes) {
        routes.post("/api/base/export", Access.API, Problems.told(this::exportBase));
        routes.post("/api/skills/{id}/export", Access.API, Problems.told(this::exportAdapter));
        routes.post("/api/skills/{id}/import", Access.API, Problems.told(this::importAdapter));
    }

    private void exportBase(Exchange exchange) {
        WantedExport wanted = exchange.json(WantedExport.class);
        BaseExport.Format format = BaseExport.Format.parse(wanted.format == null ? "" : wanted.format);
        Path target = LocalPaths.absolute("target", wanted.target);
        LiveWork.run(exchange.events(), "Exporting the base model", () -> {
            base.write(format, target);
            return Map.of("target", target.toString(), "base", model.info().digest());
        });
    }

    private void exportAdapter(Exchange exchange) {
        Adapter adapter = learner.apply(exchange).adapter();
        WantedExport wanted = exchange.json(WantedExport.class);
        Path target = LocalPaths.absolute("target", wanted.target);
        if (Files.exists(target)) {
            throw bad(target + " is there already: name another, or remove it");
        }
        try {
            switch (wanted.format) {
                case "peft" -> writePeft(model.writeAdapter(adapter), target);
                case "gguf-lora" -> model.writeGgufAdapter(adapter, target);
                case null, default ->
                    throw bad("An adapter cannot be exported as '" + wanted.format + "': say peft or gguf-lora");
            }
        } catch (IOException e) {
            throw bad(target + " cannot be written (" + e.getMessage() + "): check the disk and its folder");
        }
        exchange.answerJson(200, Map.of("target", target.toString(), "adapter", adapter.digest()));
    }

    private static void writePeft(AdapterFiles files, Path folder) throws IOException {
        Files.createDirectory(folder);
        Files.write(folder.resolve(CONFIG), files.config());
        Files.write(folder.resolve(TENSORS), files.tensors());
    }

    private void importAdapter(Exchange exchange) {
        Learner taker = learner.apply(exchange);
        Path folder = LocalPaths.absolute("folder", exchange.json(WantedImport.class).folder);
        AdapterFiles files = new AdapterFiles(read(folder.resolve(CONFIG)), read(folder.resolve(TENSORS)));
        var events = exchange.events();
        ThrottledProgress progress = new ThrottledProgress(events);
        LiveWork.run(
                events,
                "Importing an adapter into " + taker.skillId(),
                () -> taker.take(model.readAdapter(files), progress));
    }

    private static byte[] read(Path file) {
        try {
            if (Files.isRegularFile(file) && Files.size(file) <= LARGEST_ADAPTER) {
                return Files.readAllBytes(file);
            }
        } catch (IOException e) {
            throw bad(file + " cannot be read (" + e.getMessage() + "): check its rights");
        }
        throw bad("There is no file " + file + " of at most 1 GiB: name a folder in PEFT form, with " + CONFIG + " and "
                + TENSORS);
    }

    private static HttpException bad(String message) {
        return new HttpException(400, "bad_request", message);
    }

    private record WantedExport(
            @Nullable String format, @Nullable String target) {}

    private record WantedImport(@Nullable String folder) {}
}
