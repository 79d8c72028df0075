package dev.apprentice.skills.internal;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.apprentice.model.Adapter;
import dev.apprentice.model.AdapterFiles;
import dev.apprentice.model.AdapterSpec;
import dev.apprentice.model.LanguageModel;
import dev.apprentice.model.Trainer;
import dev.apprentice.model.TrainingSample;
import dev.apprentice.model.TrainingSample.Objective;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Makes the adapters that ship with the skills of this project: a very little training on general Java, so that learning starts from
 * something that has an effect and does no harm. Run it in the folder of this module after the base model has changed.
 */
final class ShippedAdapter {
    private static final int STEPS = 6;
    private static final double RATE = 1e-4;
    private static final int LONGEST = 192;

    private ShippedAdapter() {}

    public static void main(String[] arguments) throws IOException {
        LanguageModel model = TestModel.MODEL;
        System.out.println(
                "base " + model.info().digest() + ", tokenizer " + model.info().tokenizerDigest());
        List<int[]> texts = texts(model);
        write(
                model,
                new AdapterSpec(16, 32, AdapterSpec.LINEAR_LAYERS),
                texts,
                "../../skills/java-completion/src/main/skill/shared");
        write(
                model,
                new AdapterSpec(4, 8, List.of("q_proj", "v_proj")),
                texts,
                "../../skills/template/src/main/resources");
    }

    /** The first half only: the rest of the rehearsal texts is what learning later measures on. */
    private static List<int[]> texts(LanguageModel model) throws IOException {
        String all = Files.readString(Path.of("../base-model/src/main/resources/core/rehearsal.txt"));
        String[] snippets = all.split("(?m)^=====\\R");
        return Arrays.stream(snippets, 0, snippets.length / 2)
                .map(model.tokenizer()::encode)
                .map(tokens -> Arrays.copyOf(tokens, Math.min(tokens.length, LONGEST)))
                .filter(tokens -> tokens.length > 8)
                .toList();
    }

    private static void write(LanguageModel model, AdapterSpec spec, List<int[]> texts, String folder)
            throws IOException {
        Adapter trained;
        try (Trainer trainer = model.trainer(model.freshAdapter(spec, 20260101));
                Arena arena = Arena.ofShared()) {
            train(trainer, texts, arena);
            BrainFloatFile.round(trainer.parameters());
            trained = trainer.snapshot();
        }
        AdapterFiles files = model.writeAdapter(trained);
        AdapterFiles small = new AdapterFiles(files.config(), BrainFloatFile.shrink(files.tensors()));
        if (!model.readAdapter(small).digest().equals(trained.digest())) {
            throw new IllegalStateException("The written adapter differs from the trained one");
        }
        Path target = Files.createDirectories(Path.of(folder, "adapter"));
        Files.write(target.resolve("adapter_config.json"), small.config());
        Files.write(target.resolve("adapter_model.safetensors"), small.tensors());
        System.out.println(target + ": " + small.tensors().length + " bytes, " + trained.digest());
    }

    /** Adam (arXiv 1412.6980) on two texts and the keeping of a third a step. */
    private static void train(Trainer trainer, List<int[]> texts, Arena arena) {
        long count = trainer.parameters().byteSize() / Float.BYTES;
        MemorySegment gradient = arena.allocate(trainer.parameters().byteSize(), 64);
        double[] mean = new double[(int) count];
        double[] square = new double[(int) count];
        for (int step = 1; step <= STEPS; step++) {
            gradient.fill((byte) 0);
            double loss = 0;
            for (int i = 0; i < 3; i++) {
                int[] tokens = texts.get((step * 3 + i) % texts.size());
                Objective objective = i == 2 ? Objective.KEEP_BASE : Objective.NEXT_TOKEN;
                loss += trainer.accumulate(new TrainingSample(tokens, 1, objective), 1.0 / 3, gradient) / 3;
            }
            double rate = RATE * Math.sqrt(1 - Math.pow(0.999, step)) / (1 - Math.pow(0.9, step));
            for (int i = 0; i < count; i++) {
                double g = gradient.getAtIndex(JAVA_FLOAT, i);
                mean[i] = 0.9 * mean[i] + 0.1 * g;
                square[i] = 0.999 * square[i] + 0.001 * g * g;
                double update = rate * mean[i] / (Math.sqrt(square[i]) + 1e-8);
                trainer.parameters()
                        .setAtIndex(JAVA_FLOAT, i, (float) (trainer.parameters().getAtIndex(JAVA_FLOAT, i) - update));
            }
            System.out.printf("step %d: loss %.4f%n", step, loss);
        }
    }
}
