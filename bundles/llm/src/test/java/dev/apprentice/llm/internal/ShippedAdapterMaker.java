package dev.apprentice.llm.internal;

import dev.apprentice.compute.DataType;
import dev.apprentice.kernels.cpu.CpuKernels;
import dev.apprentice.llm.Models;
import dev.apprentice.model.AdapterFiles;
import dev.apprentice.model.AdapterSpec;
import dev.apprentice.model.LanguageModel;
import dev.apprentice.model.Trainer;
import dev.apprentice.model.TrainingSample;
import dev.apprentice.model.TrainingSample.Objective;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Makes the adapters that this project's skills ship; not a test. Arguments: model folder, text file, rank, targets, output folder. */
final class ShippedAdapterMaker {
    private static final int STEPS = 60;
    private static final double LEARNING_RATE = 5e-4;
    private static final long SEED = 7;
    private static final int SAMPLES_PER_STEP = 4;
    private static final double BETA1 = 0.9;
    private static final double BETA2 = 0.999;

    private ShippedAdapterMaker() {}

    public static void main(String[] arguments) throws IOException {
        LanguageModel model =
                Models.load(Path.of(arguments[0]), DataType.F32, CpuKernels.create(Runtime.getRuntime().availableProcessors()));
        String[] snippets = Files.readString(Path.of(arguments[1])).split("(?m)^=====\n");
        int rank = Integer.parseInt(arguments[2]);
        AdapterSpec spec = new AdapterSpec(rank, 2.0 * rank, List.of(arguments[3].split(",")));
        try (Trainer trainer = model.trainer(model.freshAdapter(spec, SEED));
                Arena arena = Arena.ofShared()) {
            train(model, trainer, snippets, arena);
            AdapterFiles files = model.writeAdapter(trainer.snapshot());
            Path folder = Files.createDirectories(Path.of(arguments[4]));
            Files.write(folder.resolve("adapter_config.json"), files.config());
            Files.write(folder.resolve("adapter_model.safetensors"), files.tensors());
        }
    }

    private static void train(LanguageModel model, Trainer trainer, String[] snippets, Arena arena) {
        MemorySegment gradient = arena.allocate(trainer.parameters().byteSize(), 64);
        int size = (int) (gradient.byteSize() / Float.BYTES);
        double[] mean = new double[size];
        double[] square = new double[size];
        int next = 0;
        for (int step = 1; step <= STEPS; step++) {
            gradient.fill((byte) 0);
            double loss = 0;
            for (int i = 0; i < SAMPLES_PER_STEP; i++) {
                int[] tokens = model.tokenizer().encode(snippets[next++ % (snippets.length / 2)]);
                Objective objective = i % 2 == 0 ? Objective.NEXT_TOKEN : Objective.KEEP_BASE;
                loss += trainer.accumulate(new TrainingSample(tokens, 1, objective), 1.0 / SAMPLES_PER_STEP, gradient);
            }
            for (int i = 0; i < size; i++) {
                double value = gradient.getAtIndex(ValueLayout.JAVA_FLOAT, i);
                mean[i] = BETA1 * mean[i] + (1 - BETA1) * value;
                square[i] = BETA2 * square[i] + (1 - BETA2) * value * value;
                double corrected = mean[i] / (1 - Math.pow(BETA1, step));
                double spread = Math.sqrt(square[i] / (1 - Math.pow(BETA2, step))) + 1e-8;
                float old = trainer.parameters().getAtIndex(ValueLayout.JAVA_FLOAT, i);
                trainer.parameters().setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) (old - LEARNING_RATE * corrected / spread));
            }
            System.err.printf("step %d loss %.4f%n", step, loss / SAMPLES_PER_STEP);
        }
    }
}
