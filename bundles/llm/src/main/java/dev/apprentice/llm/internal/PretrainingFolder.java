package dev.apprentice.llm.internal;

import dev.apprentice.compute.DataType;
import dev.apprentice.compute.Kernels;
import dev.apprentice.compute.Matrix;
import dev.apprentice.compute.Tensor;
import dev.apprentice.llm.internal.corpus.CorpusFolder;
import dev.apprentice.llm.internal.corpus.TokenFile;
import dev.apprentice.model.ModelException;
import dev.apprentice.model.Pretraining;
import dev.apprentice.model.Tokenizer;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The folder of a run: the model in Hugging Face layout, and in {@code pretraining/} the settings, the corpus as tokens, and the checkpoint.
 * Every file is there as a whole or not at all.
 */
record PretrainingFolder(Path folder) {
    private static final String SETTINGS = "settings.json";
    private static final String TRAINING = "training.tokens";
    private static final String HELD_OUT = "held-out.tokens";
    private static final String CHECKPOINT = "checkpoint.safetensors";
    private static final String STEP = "step";
    private static final String VALUES = "values";
    private static final String OPTIMISER = "optimiser";

    /** The corpus. */
    record Tokens(TokenFile training, TokenFile heldOut) {}

    private Path own(String name) {
        return folder.resolve("pretraining").resolve(name);
    }

    /** The model of the run that was begun here, if it has got as far as a checkpoint. */
    Optional<ModelFiles> begun() {
        return Files.exists(own(CHECKPOINT)) ? Optional.of(ModelFiles.inDirectory(folder)) : Optional.empty();
    }

    /**
     * Begins a run, or finds the one that was begun.
     *
     * @param settings of which any difference would change the weights that come of it
     * @throws ModelException if the folder holds something else, or a run of other settings
     */
    void begin(Map<String, String> settings, byte[] config, byte[] tokenizer) {
        try {
            if (Files.exists(own(SETTINGS))) {
                requireSame(settings);
            } else {
                requireEmpty();
                Files.createDirectories(folder.resolve("pretraining"));
                write(
                        own(SETTINGS),
                        Json.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsBytes(settings));
            }
            write(folder.resolve(ModelFiles.CONFIG), config);
            write(folder.resolve(ModelFiles.TOKENIZER), tokenizer);
        } catch (IOException e) {
            throw unusable(e);
        }
    }

    private void requireEmpty() throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.list(folder)) {
            if (files.findAny().isPresent()) {
                throw fault(folder + " holds something that is no run of pretraining: name a new folder");
            }
        }
    }

    private void requireSame(Map<String, String> settings) throws IOException {
        JsonNode before = Json.object(
                Files.readAllBytes(own(SETTINGS)),
                what -> fault(own(SETTINGS) + " " + what + ": name another folder to begin anew"));
        settings.forEach((name, now) -> {
            String then = before.path(name).asString("nothing");
            if (!then.equals(now)) {
                throw fault(folder + " holds a run whose " + name + " is " + then + ", not " + now
                        + ": give the same as then to go on, or name another folder to begin anew");
            }
        });
    }

    /** The corpus as tokens, made when it is asked for first. */
    Tokens tokens(CorpusFolder corpus, Tokenizer tokenizer, Pretraining.Listener listener) {
        try {
            if (!Files.exists(own(TRAINING))) {
                try (TokenFile.Writer training = new TokenFile.Writer(own(TRAINING), tokenizer);
                        TokenFile.Writer heldOut = new TokenFile.Writer(own(HELD_OUT), tokenizer)) {
                    corpus.read(
                            (isHeldOut, text) -> (isHeldOut ? heldOut : training).add(text),
                            files -> listener.update("Reading the corpus", files, corpus.size()));
                    heldOut.finish();
                    training.finish();
                }
            }
            return new Tokens(TokenFile.map(own(TRAINING)), TokenFile.map(own(HELD_OUT)));
        } catch (IOException e) {
            throw unusable(e);
        }
    }

    /** Writes the checkpoint, then the model as of it. */
    void save(int step, TrainedModel trained) {
        MemorySegment values = trained.weights().values();
        MemorySegment state = trained.optimiser().state();
        try (Arena arena = Arena.ofShared()) {
            MemorySegment steps = arena.allocateFrom(ValueLayout.JAVA_INT, step);
            new SafeTensorsWriter()
                    .add(STEP, SafeTensors.ElementType.I32, List.of(1), steps)
                    .add(VALUES, SafeTensors.ElementType.F32, floats(values), values)
                    .add(OPTIMISER, SafeTensors.ElementType.F32, floats(state), state)
                    .write(own(CHECKPOINT));
            model(trained.weights(), trained.kernels(), arena).write(folder.resolve(ModelFiles.WEIGHTS));
        } catch (IOException e) {
            throw unusable(e);
        }
    }

    private static List<Long> floats(MemorySegment values) {
        return List.of(values.byteSize() / Float.BYTES);
    }

    /** Every weight in BF16. */
    private static SafeTensorsWriter model(TrainedWeights weights, Kernels kernels, Arena arena) {
        SafeTensorsWriter writer = new SafeTensorsWriter();
        for (Slice slice : weights.layout().slices()) {
            int columns = slice.shape().getLast();
            Tensor values = new Tensor(slice.elements() / columns, columns, slice.in(weights.values()));
            Matrix rounded =
                    new Matrix(DataType.BF16, values.rows(), columns, arena.allocate(2L * slice.elements(), 64));
            kernels.round(values, rounded);
            writer.add(slice.name(), SafeTensors.ElementType.BF16, slice.shape(), rounded.data());
        }
        return writer;
    }

    /**
     * Brings back values and optimiser as of the checkpoint.
     *
     * @return the steps taken before it
     */
    int restore(TrainedWeights weights, WeightOptimiser optimiser) {
        SafeTensors checkpoint = SafeTensors.parse(
                own(CHECKPOINT).toString(),
                ModelException.Code.BAD_REQUEST,
                ModelBytes.map(own(CHECKPOINT)).data());
        weights.values().copyFrom(vector(checkpoint, VALUES, weights.values()));
        optimiser.state().copyFrom(vector(checkpoint, OPTIMISER, optimiser.state()));
        float[] step = new float[1];
        Elements.read(checkpoint.require(STEP, 1), 0, step);
        return (int) step[0];
    }

    private static MemorySegment vector(SafeTensors checkpoint, String name, MemorySegment like) {
        return checkpoint.require(name, like.byteSize() / Float.BYTES).data();
    }

    private static void write(Path file, byte[] bytes) throws IOException {
        Path part = file.resolveSibling(file.getFileName() + ".part");
        Files.write(part, bytes);
        Files.move(part, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    /** {@code config.json} as it holds for what is written here, which is neither packed nor of another type. */
    static byte[] plainConfig(byte[] config) {
        ObjectNode settings = (ObjectNode) Json.object(config, ConfigReader::fault);
        settings.remove("quantization_config");
        settings.put("torch_dtype", "bfloat16");
        return Json.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsBytes(settings);
    }

    private ModelException unusable(IOException cause) {
        return new ModelException(
                ModelException.Code.BAD_REQUEST,
                folder + " cannot be used (" + cause.getMessage()
                        + "): check the disk, its room and the rights of the folder",
                cause);
    }

    private static ModelException fault(String message) {
        return new ModelException(ModelException.Code.BAD_REQUEST, message);
    }
}
