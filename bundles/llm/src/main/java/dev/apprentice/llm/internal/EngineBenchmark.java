package dev.apprentice.llm.internal;

import dev.apprentice.compute.DataType;
import dev.apprentice.compute.Kernels;
import dev.apprentice.model.Adapter;
import dev.apprentice.model.AdapterSpec;
import dev.apprentice.model.Benchmark;
import dev.apprentice.model.GenerationRequest;
import dev.apprentice.model.ModelException;
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
import java.util.OptionalDouble;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Drives whole models the way everybody else does, so that what is measured is what a user gets. */
public final class EngineBenchmark implements Benchmark {
    private static final AdapterSpec LORA = new AdapterSpec(16, 32, AdapterSpec.LINEAR_LAYERS);
    private static final int[] PROMPTS = {128, 512};
    private static final int SEQUENCE = 512;

    /** Runs of each kind; the best counts. The first also warms the compiler up. */
    private static final int RUNS = 4;

    private final Kernels kernels;
    private final int threads;
    private final Path nativeCache;

    /** @param nativeCache folder into which the tokenizer's native library is unpacked */
    public EngineBenchmark(Kernels kernels, int threads, Path nativeCache) {
        this.kernels = kernels;
        this.threads = threads;
        this.nativeCache = nativeCache;
    }

    @Override
    public Report run(Request request, Consumer<String> progress) {
        DataType type = type(request.weightType());
        progress.accept("Measuring the machine");
        Machine machine = new Machine(
                kernels.description(), threads, MachineSpeed.readBandwidth(threads), MachineSpeed.matrixPeak(kernels));
        List<Result> results = new ArrayList<>();
        for (Shape shape : request.shapes()) {
            progress.accept("Making a model of shape " + shape.label() + " in " + type);
            try (Arena arena = Arena.ofShared()) {
                LlamaModel model = RandomModel.create(shape, type, kernels, arena, nativeCache);
                for (Kind kind : request.kinds()) {
                    progress.accept(kind.label() + " of " + shape.label());
                    new Run(machine, shape, type, model, results).measure(kind);
                }
            }
        }
        return new Report(machine, results);
    }

    private static DataType type(String name) {
        return Arrays.stream(DataType.values())
                .filter(type -> type.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new ModelException(
                        ModelException.Code.BAD_REQUEST,
                        "There is no weight type " + name + ": say one of " + Arrays.toString(DataType.values())));
    }

    /** The measurements of one model. */
    private record Run(Machine machine, Shape shape, DataType type, LlamaModel model, List<Result> results) {
        void measure(Kind kind) {
            switch (kind) {
                case DECODE -> {
                    double speed = best(() -> decode(null));
                    double gigabytes = 1e-9 * RandomModel.bytesPerToken(model.weights());
                    add("decode", speed, OptionalDouble.of(speed * gigabytes / machine.readBandwidth()), null);
                }
                case PREFILL -> {
                    for (int length : PROMPTS) {
                        add("prefill " + length, best(() -> prefill(length, null)), OptionalDouble.empty(), null);
                    }
                }
                case TRAIN -> add("train " + SEQUENCE, train(), OptionalDouble.empty(), null);
                case LORA -> {
                    Adapter adapter = model.freshAdapter(LORA, 1);
                    turnAbout("lora decode", () -> decode(null), () -> decode(adapter));
                    for (int length : PROMPTS) {
                        turnAbout(
                                "lora prefill " + length, () -> prefill(length, null), () -> prefill(length, adapter));
                    }
                }
            }
        }

        private interface Measurement {
            double tokensPerSecond();
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
            add(bench, with, OptionalDouble.empty(), with / without);
        }

        private double decode(@Nullable Adapter adapter) {
            int count = switch (shape) {
                case LLAMA_8B -> 16;
                case LLAMA_1B -> 64;
                case EMBEDDED_16M -> 512;
            };
            GenerationRequest request = new GenerationRequest(new int[] {1}, count, Sampling.GREEDY, List.of());
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

        private void add(String bench, double speed, OptionalDouble bandwidthFraction, @Nullable Double ratio) {
            results.add(new Result(
                    bench,
                    shape,
                    type.name(),
                    machine.threads(),
                    speed,
                    bandwidthFraction,
                    residentMiB(),
                    ratio == null ? OptionalDouble.empty() : OptionalDouble.of(ratio)));
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
