package dev.apprentice.llm.internal;

import dev.apprentice.compute.Kernels;
import dev.apprentice.model.ModelException;
import dev.apprentice.model.Quantization;
import dev.apprentice.model.ReferenceTexts;
import dev.apprentice.model.TrainingBudget;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Quantises models: measures, quantises block by block, writes, and measures what it wrote. */
public final class ModelQuantizer implements Quantization {
    private static final int FEWEST_CALIBRATION_TOKENS = 2048;
    private static final int MOST_CALIBRATION_TOKENS = 32_768;
    private static final int FEWEST_HELD_OUT_TOKENS = 512;
    private static final int MOST_HELD_OUT_TOKENS = 65_536;
    private static final long LONGEST_TEXT = 64L << 20;

    private final Kernels kernels;
    private final ReferenceTexts texts;
    private final Path nativeCache;

    /**
     * @param texts for whoever names none
     * @param nativeCache folder into which the tokenizer's native library is unpacked
     */
    public ModelQuantizer(Kernels kernels, ReferenceTexts texts, Path nativeCache) {
        this.kernels = kernels;
        this.texts = texts;
        this.nativeCache = nativeCache;
    }

    @Override
    public Report run(Request request, Progress progress) {
        FourBitLayout layout = FourBitLayout.parse(request.weightType());
        requireNew(request.target());
        ModelSource source = ModelSource.open(request.model());
        requireFine(request.model(), source.tensors());
        MemoryNeed.require(source.tensors(), Optional.of(layout.type()));
        progress.update("Loading the model", 0, 1);
        LlamaModel original = load(source);
        requireBlocks(layout, original.transformer().config(), source.tensors());

        TextPieces heldOut = pieces(
                "The held-out text",
                request.heldOut(),
                texts.core(),
                original,
                FEWEST_HELD_OUT_TOKENS,
                MOST_HELD_OUT_TOKENS);
        TextPieces calibration = switch (request.method()) {
            case ROUND -> new TextPieces(List.of());
            case AWQ, GPTQ ->
                pieces(
                        "The calibration text",
                        request.calibration(),
                        texts.rehearsal(),
                        original,
                        FEWEST_CALIBRATION_TOKENS,
                        MOST_CALIBRATION_TOKENS);
        };

        double before = perplexity(original, heldOut, "Perplexity before", progress);
        try (Arena arena = Arena.ofShared()) {
            TensorSource quantised =
                    quantised(request.method(), layout, source, original, calibration, arena, progress);
            progress.update("Writing " + request.target().getFileName(), 0, 1);
            GgufExport.write(name(request.target()), source, quantised, Optional.of(layout.type()), request.target());
        }
        try {
            LlamaModel written = load(ModelSource.open(request.target()));
            return new Report(
                    request.method(),
                    layout.name(),
                    before,
                    perplexity(written, heldOut, "Perplexity after", progress),
                    divergence(original, written, heldOut, progress),
                    calibration.tokens(),
                    heldOut.foretold(),
                    source.tensors().tensors().values().stream()
                            .mapToLong(info -> info.bytes(info.type()))
                            .sum(),
                    Files.size(request.target()));
        } catch (IOException e) {
            throw discarded(
                    request.target(), ModelFiles.unreadable(request.target().toString(), e));
        } catch (RuntimeException e) {
            throw discarded(request.target(), e);
        }
    }

    private static TensorSource quantised(
            Method method,
            FourBitLayout layout,
            ModelSource source,
            LlamaModel original,
            TextPieces calibration,
            Arena arena,
            Progress progress) {
        Transformer transformer = original.transformer();
        return switch (method) {
            case ROUND -> source.tensors(); // rounded when it is written
            case AWQ -> {
                BlockQuantizer awq = new AwqBlocks(layout, transformer.config(), transformer.kernels());
                yield requantised(awq, source, original, calibration, arena, progress);
            }
            case GPTQ ->
                requantised(
                        GptqBlocks.of(layout, transformer.config()), source, original, calibration, arena, progress);
        };
    }

    /** Each block sees the inputs that the blocks before it give in four bits, and so can make up for their errors too. */
    private static TensorSource requantised(
            BlockQuantizer quantizer,
            ModelSource source,
            LlamaModel original,
            TextPieces calibration,
            Arena arena,
            Progress progress) {
        Weights weights = original.weights();
        List<Weights.Layer> blocks = new ArrayList<>(weights.layers());
        try (CalibrationPass pass = new CalibrationPass(original.transformer(), weights, calibration.pieces(), arena)) {
            for (int layer = 0; layer < blocks.size(); layer++) {
                progress.update("Quantising blocks", layer, blocks.size());
                try (Arena ofBlock = Arena.ofShared()) {
                    CalibrationPass.Inputs inputs =
                            pass.observe(original.baseNetwork().blocks().get(layer), ofBlock);
                    blocks.set(layer, quantizer.quantise(blocks.get(layer), inputs, arena));
                }
                pass.advance(Network.plain(weights.withLayers(blocks)).blocks().get(layer));
            }
        }
        progress.update("Quantising blocks", blocks.size(), blocks.size());
        return RequantisedTensors.of(source.tensors(), blocks);
    }

    private static double perplexity(LlamaModel model, TextPieces text, String stage, Progress progress) {
        double nats = 0;
        int done = 0;
        for (int[] piece : text.pieces()) {
            progress.update(stage, done++, text.pieces().size());
            for (float value : model.score(piece, 1, null).nats()) {
                nats += value;
            }
        }
        progress.update(stage, done, done);
        return Math.exp(nats / text.foretold());
    }

    private static double divergence(LlamaModel original, LlamaModel written, TextPieces text, Progress progress) {
        double nats = 0;
        int done = 0;
        for (int[] piece : text.pieces()) {
            progress.update("Divergence", done++, text.pieces().size());
            nats += Divergence.sum(original, written, piece);
        }
        progress.update("Divergence", done, done);
        return nats / text.tokens();
    }

    private LlamaModel load(ModelSource source) {
        return LlamaModel.load(
                "to-quantise",
                source,
                Optional.empty(),
                kernels,
                nativeCache,
                Optional.empty(),
                GenerationSettings.DEFAULT,
                TrainingBudget.DEFAULT,
                LoadProgress.NONE);
    }

    private static String name(Path target) {
        return target.getFileName().toString().replaceFirst("(?i)\\.gguf$", "");
    }

    private static TextPieces pieces(
            String what, Optional<Path> file, List<String> otherwise, LlamaModel model, int fewest, int most) {
        String text = file.map(path -> read(what, path)).orElseGet(() -> String.join("\n\n", otherwise));
        return TextPieces.of(file.map(path -> what + " " + path).orElse(what), text, model, fewest, most);
    }

    private static String read(String what, Path file) {
        try {
            if (!Files.isRegularFile(file)) {
                throw fault(what + " " + file + " is not a file: name one");
            }
            if (Files.size(file) > LONGEST_TEXT) {
                throw fault(what + " " + file + " is longer than " + (LONGEST_TEXT >> 20) + " MiB: a part will do");
            }
            return Files.readString(file);
        } catch (CharacterCodingException e) {
            throw fault(what + " " + file + " is not UTF-8: name a text file", e);
        } catch (IOException e) {
            throw fault(what + " " + file + " cannot be read: check the disk and the rights of the file", e);
        }
    }

    private static void requireNew(Path target) {
        Path folder = target.toAbsolutePath().getParent();
        if (Files.exists(target)) {
            throw fault(target + " is there already: name another file, or remove it");
        }
        if (folder == null || !Files.isDirectory(folder)) {
            throw fault("There is no folder for " + target + ": make it first");
        }
    }

    /** What has four to six bits a weight already has lost what would have to be rounded now. */
    private static void requireFine(Path model, TensorSource source) {
        source.tensors().forEach((name, info) -> {
            switch (info.type()) {
                case F32, F16, BF16, Q8_0 -> {}
                case Q4_0, Q4_1, Q4_K, Q5_K, Q6_K, Q4_G128 ->
                    throw fault(model + " holds " + name + " in " + info.type()
                            + " already: start from the model in F32, F16, BF16 or Q8_0");
            }
        });
    }

    private static void requireBlocks(FourBitLayout layout, ModelConfig config, TensorSource source) {
        for (int columns : new int[] {config.width(), config.attention().queryWidth(), config.feedForward()}) {
            if (columns % layout.group() != 0) {
                throw source.fault("holds linear layers of " + columns + " inputs, which " + layout
                        + " cannot hold (multiples of " + layout.group() + ")");
            }
        }
    }

    private static RuntimeException discarded(Path target, RuntimeException cause) {
        try {
            Files.deleteIfExists(target);
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
        return cause;
    }

    private static ModelException fault(String message) {
        return new ModelException(ModelException.Code.BAD_REQUEST, message);
    }

    private static ModelException fault(String message, Throwable cause) {
        return new ModelException(ModelException.Code.BAD_REQUEST, message, cause);
    }
}
