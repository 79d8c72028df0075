package dev.apprentice.llm.internal;

import dev.apprentice.compute.DataType;
import dev.apprentice.compute.Kernels;
import dev.apprentice.compute.LearningAlgebra;
import dev.apprentice.model.Adapter;
import dev.apprentice.model.AdapterKind;
import dev.apprentice.model.AdapterKind.Form;
import dev.apprentice.model.AdapterKind.Scaling;
import dev.apprentice.model.AdapterKind.Size;
import dev.apprentice.model.AdapterSpec;
import dev.apprentice.model.Benchmark;
import dev.apprentice.model.GenerationRequest;
import dev.apprentice.model.ModelException;
import dev.apprentice.model.ReferenceTexts;
import dev.apprentice.model.Sampling;
import dev.apprentice.model.Trainer;
import dev.apprentice.model.TrainingSample;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Drives whole models the way everybody else does, so that what is measured is what a user gets. */
public final class EngineBenchmark implements Benchmark {
    private static final AdapterSpec LORA = new AdapterSpec(16, 32, AdapterSpec.LINEAR_LAYERS);
    private static final AdapterSpec DORA = new AdapterSpec(
            new AdapterKind.LowRank(new Size(16, 32), Scaling.BY_RANK, Form.DECOMPOSED, Map.of()),
            AdapterSpec.LINEAR_LAYERS,
            List.of());
    private static final int[] PROMPTS = {128, 512};
    private static final int SEQUENCE = 512;
    private static final int MOST_HELD_OUT = 65_536;

    /** Runs of each kind; the best counts. The first also warms the compiler up. */
    private static final int RUNS = 4;

    private final Kernels kernels;
    private final LearningAlgebra algebra;
    private final int threads;
    private final Path nativeCache;
    private final Optional<Path> program;
    private final Optional<Trained> trained;

    /** A model whose weights are not noise, and texts to calibrate it and to measure it on. */
    record Trained(LlamaModel model, ReferenceTexts texts) {}

    /**
     * @param nativeCache folder into which the tokenizer's native library is unpacked
     * @param program a {@code llama-bench} of llama.cpp, which then reads and generates turn about with this engine; no request may
     *     name it, as it is run
     */
    public EngineBenchmark(Kernels kernels, LearningAlgebra algebra, Path nativeCache, Optional<Path> program) {
        this(kernels, algebra, nativeCache, program, Optional.empty());
    }

    /** @param trained the embedded model, to say what sparse decoding costs it */
    EngineBenchmark(
            Kernels kernels,
            LearningAlgebra algebra,
            Path nativeCache,
            Optional<Path> program,
            Optional<Trained> trained) {
        this.kernels = kernels;
        this.algebra = algebra;
        this.threads = kernels.threads();
        this.nativeCache = nativeCache;
        this.program = program;
        this.trained = trained;
    }

    @Override
    public Report run(Request request, Consumer<String> progress) {
        DataType type = type(request.weightType());
        Optional<LlamaBench> peer = program.map(path -> new LlamaBench(path, threads));
        if (peer.isPresent() && type == DataType.Q4_G128) {
            throw new ModelException(
                    ModelException.Code.BAD_REQUEST,
                    "llama.cpp does not know " + type + ": measure another type beside it");
        }
        progress.accept("Measuring the machine");
        Machine machine = new Machine(
                kernels.description(), threads, MachineSpeed.readBandwidth(threads), MachineSpeed.matrixPeak(kernels));
        List<Result> results = new ArrayList<>();
        for (Shape shape : request.shapes()) {
            progress.accept("Making a model of shape " + shape.label() + " in " + type);
            try (Arena arena = Arena.ofShared()) {
                LlamaModel model = RandomModel.create(shape, type, kernels, arena, nativeCache);
                Optional<Opponent> opponent = peer.map(bench -> Opponent.of(bench, model, nativeCache));
                try {
                    for (Kind kind : request.kinds()) {
                        progress.accept(kind.label() + " of " + shape.label());
                        new Run(machine, shape, type, model, algebra, opponent, results).measure(kind);
                    }
                } finally {
                    opponent.ifPresent(Opponent::close);
                }
            }
        }
        if (request.kinds().contains(Kind.SPARSE) && trained.isPresent()) {
            progress.accept("sparse of the embedded model on the core set");
            sparse(trained.get(), machine, results);
        }
        return new Report(machine, results);
    }

    /** What leaving neurons out costs a model whose weights are not noise. */
    private void sparse(Trained trained, Machine machine, List<Result> results) {
        LlamaModel model = trained.model();
        DataType type =
                model.baseNetwork().blocks().getFirst().up().base().weight().type();
        String core = String.join("\n\n", trained.texts().core());
        List<int[]> heldOut = TextPieces.of("The core set", core, model, SEQUENCE, MOST_HELD_OUT)
                .pieces();
        GateQuantiles gates =
                GateQuantiles.measure(model, String.join("\n\n", trained.texts().rehearsal()));
        SparseLevels levels = SparseLevels.of(model, gates, heldOut);
        new Run(machine, Shape.EMBEDDED_16M, type, model, algebra, Optional.empty(), results)
                .sparse(levels, level -> OptionalDouble.of(levels.perplexity(level, heldOut)));
    }

    @Override
    public void write(Shape shape, String weightType, Path file) {
        try (Arena arena = Arena.ofShared()) {
            RandomModel.write(RandomModel.create(shape, type(weightType), kernels, arena, nativeCache), file);
        } catch (IOException e) {
            throw new ModelException(
                    ModelException.Code.BAD_REQUEST, file + " cannot be written: check the disk and its room", e);
        }
    }

    private static DataType type(String name) {
        return Arrays.stream(DataType.values())
                .filter(type -> type.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new ModelException(
                        ModelException.Code.BAD_REQUEST,
                        "There is no weight type " + name + ": say one of " + Arrays.toString(DataType.values())));
    }

    /** A peer, and a model for it like the one that is measured. */
    private record Opponent(LlamaBench program, Path file) implements AutoCloseable {
        static Opponent of(LlamaBench program, LlamaModel model, Path nativeCache) {
            try {
                Files.createDirectories(nativeCache);
                Path file = Files.createTempFile(nativeCache, "peer", ".gguf");
                RandomModel.writeWithoutVocabulary(model, file);
                return new Opponent(program, file);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        Peer run(int prompt, int generated) {
            return program.run(file, prompt, generated);
        }

        @Override
        public void close() {
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** The measurements of one model. */
    private record Run(
            Machine machine,
            Shape shape,
            DataType type,
            LlamaModel model,
            LearningAlgebra algebra,
            Optional<Opponent> opponent,
            List<Result> results) {
        void measure(Kind kind) {
            switch (kind) {
                case DECODE -> {
                    Beside beside = beside(() -> decode(null), peer -> peer.run(0, decoded()));
                    double gigabytes = 1e-9 * RandomModel.bytesPerToken(model.weights());
                    add("decode", beside, OptionalDouble.of(beside.own() * gigabytes / machine.readBandwidth()));
                }
                case PREFILL -> {
                    for (int length : PROMPTS) {
                        add(
                                "prefill " + length,
                                beside(() -> prefill(length, null), peer -> peer.run(length, 0)),
                                OptionalDouble.empty());
                    }
                }
                case TRAIN -> add("train " + SEQUENCE, new Beside(train(), Optional.empty()), OptionalDouble.empty());
                case SPARSE -> {
                    GateQuantiles gates = GateQuantiles.measure(model, List.of(tokens(SEQUENCE)));
                    int[] others = Arrays.copyOfRange(tokens(2 * SEQUENCE), SEQUENCE, 2 * SEQUENCE);
                    sparse(SparseLevels.of(model, gates, List.of(others)), level -> OptionalDouble.empty());
                }
                case PRETRAIN -> {
                    double speed = PretrainingSpeed.best(
                            model.transformer().config(),
                            SEQUENCE,
                            RUNS,
                            model.transformer().kernels(),
                            algebra);
                    add(
                            "pretrain " + SEQUENCE,
                            TrainedModel.HELD,
                            speed,
                            OptionalDouble.empty(),
                            Optional.empty(),
                            OptionalDouble.empty());
                }
                case LORA -> {
                    Adapter adapter = model.freshAdapter(LORA, 1);
                    turnAbout("lora decode", () -> decode(null), () -> decode(adapter));
                    Adapter decomposed = model.freshAdapter(DORA, 1);
                    turnAbout("dora decode", () -> decode(null), () -> decode(decomposed));
                    for (int length : PROMPTS) {
                        turnAbout(
                                "lora prefill " + length, () -> prefill(length, null), () -> prefill(length, adapter));
                    }
                }
            }
        }

        /** Decodes at each sparsity, turn about. */
        void sparse(SparseLevels levels, IntFunction<OptionalDouble> perplexity) {
            double[] best = new double[levels.percents().size()];
            for (int i = 0; i < RUNS; i++) {
                for (int level = 0; level < best.length; level++) {
                    best[level] = Math.max(best[level], decode(levels.models().get(level), null));
                }
            }
            for (int level = 0; level < best.length; level++) {
                results.add(new Result(
                        "sparse " + levels.percents().get(level) + " %",
                        shape,
                        type.name(),
                        machine.threads(),
                        best[level],
                        OptionalDouble.empty(),
                        residentMiB(),
                        Optional.empty(),
                        OptionalDouble.of(best[level] / best[0]),
                        OptionalDouble.of(levels.measured().get(level)),
                        perplexity.apply(level)));
            }
        }

        private interface Measurement {
            double tokensPerSecond();
        }

        /** The best of this engine's runs, and of the peer's if there is one. */
        private record Beside(double own, Optional<Peer> peer) {
            OptionalDouble ratio() {
                return peer.isEmpty()
                        ? OptionalDouble.empty()
                        : OptionalDouble.of(own / peer.get().tokensPerSecond());
            }
        }

        /** Runs of both, turn about: what slows the machine down for a while slows both. */
        private Beside beside(Measurement own, Function<Opponent, Peer> others) {
            if (opponent.isEmpty()) {
                return new Beside(best(own), Optional.empty());
            }
            double best = own.tokensPerSecond();
            Peer fastest = others.apply(opponent.get());
            for (int i = 1; i < RUNS; i++) {
                best = Math.max(best, own.tokensPerSecond());
                Peer peer = others.apply(opponent.get());
                fastest = peer.tokensPerSecond() > fastest.tokensPerSecond() ? peer : fastest;
            }
            return new Beside(best, Optional.of(fastest));
        }

        private static double best(Measurement measurement) {
            return IntStream.range(0, RUNS)
                    .mapToDouble(i -> measurement.tokensPerSecond())
                    .max()
                    .orElseThrow();
        }

        private void turnAbout(String bench, Measurement plain, Measurement adapted) {
            double without = 0;
            double with = 0;
            for (int i = 0; i < RUNS; i++) {
                without = Math.max(without, plain.tokensPerSecond());
                with = Math.max(with, adapted.tokensPerSecond());
            }
            add(bench, type, with, OptionalDouble.empty(), Optional.empty(), OptionalDouble.of(with / without));
        }

        /** How many tokens are generated. */
        private int decoded() {
            return switch (shape) {
                case LLAMA_8B -> 16;
                case LLAMA_1B -> 64;
                case EMBEDDED_16M -> 512;
            };
        }

        private double decode(@Nullable Adapter adapter) {
            return decode(model, adapter);
        }

        private double decode(LlamaModel model, @Nullable Adapter adapter) {
            GenerationRequest request = new GenerationRequest(new int[] {1}, decoded(), Sampling.GREEDY, List.of());
            long start = System.nanoTime();
            int generated =
                    model.generate(request, adapter, event -> true).usage().completionTokens();
            return generated * 1e9 / (System.nanoTime() - start);
        }

        private double prefill(int length, @Nullable Adapter adapter) {
            int[] tokens = tokens(length + 1);
            long start = System.nanoTime();
            model.score(tokens, length, adapter);
            return length * 1e9 / (System.nanoTime() - start);
        }

        private double train() {
            Adapter start = model.freshAdapter(LORA, 1);
            TrainingSample sample = new TrainingSample(tokens(SEQUENCE), 1, TrainingSample.Objective.NEXT_TOKEN);
            try (Trainer trainer = model.trainer(start);
                    Arena arena = Arena.ofShared()) {
                MemorySegment gradient = arena.allocate(start.values().byteSize(), 64);
                return best(() -> {
                    long before = System.nanoTime();
                    trainer.accumulate(sample, 1, gradient);
                    return SEQUENCE * 1e9 / (System.nanoTime() - before);
                });
            }
        }

        private int[] tokens(int length) {
            return IntStream.range(0, length)
                    .map(i -> 1 + i * 7919 % (model.info().vocabulary() - 1))
                    .toArray();
        }

        private void add(String bench, Beside beside, OptionalDouble bandwidthFraction) {
            add(bench, type, beside.own(), bandwidthFraction, beside.peer(), beside.ratio());
        }

        private void add(
                String bench,
                DataType held,
                double speed,
                OptionalDouble bandwidthFraction,
                Optional<Peer> peer,
                OptionalDouble ratio) {
            results.add(new Result(
                    bench,
                    shape,
                    held.name(),
                    machine.threads(),
                    speed,
                    bandwidthFraction,
                    residentMiB(),
                    peer,
                    ratio,
                    OptionalDouble.empty(),
                    OptionalDouble.empty()));
        }
    }

    /** Memory of this process in MiB, 0 where the system does not say. */
    private static long residentMiB() {
        Path status = Path.of("/proc/self/status");
        if (!Files.isReadable(status)) {
            return 0;
        }
        try {
            return Files.readAllLines(status).stream()
                    .filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
                    .findFirst()
                    .orElse(0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
