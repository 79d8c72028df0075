package dev.apprentice.learning.internal;

import dev.apprentice.compute.DataType;
import dev.apprentice.compute.Kernels;
import dev.apprentice.kernels.cpu.CpuKernels;
import dev.apprentice.learning.CycleReport;
import dev.apprentice.learning.IngestReport;
import dev.apprentice.learning.Learner;
import dev.apprentice.learning.LearnerProfile;
import dev.apprentice.learning.LearningSettings;
import dev.apprentice.learning.Measurement;
import dev.apprentice.learning.PreparedState;
import dev.apprentice.learning.Progress;
import dev.apprentice.llm.Models;
import dev.apprentice.model.AdapterSpec;
import dev.apprentice.model.LanguageModel;
import dev.apprentice.model.ReferenceTexts;
import dev.apprentice.store.internal.StoreComponent;
import dev.apprentice.testkit.PlainAlgebra;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Learns from a folder and says what it gained, for choosing settings: {@code --code DIR --cycles N}, {@code --rank}, {@code --alpha},
 * {@code --targets a,b}, {@code --weights F32|BF16|…}, {@code --every N} (measure now and then), {@code --measured-tokens N}, and every field of
 * {@link LearningSettings} by its name.
 */
final class LearnProbe {
    private static final Path BASE =
            Path.of(System.getProperty("apprentice.model.dir", "../base-model/src/main/resources/model"));
    private static final Path CORE =
            Path.of(System.getProperty("apprentice.core.dir", "../base-model/src/main/resources/core"));

    private LearnProbe() {}

    public static void main(String[] arguments) throws ReflectiveOperationException, IOException {
        Map<String, String> options = new HashMap<>();
        for (int i = 0; i + 1 < arguments.length; i += 2) {
            options.put(arguments[i].replaceFirst("--", ""), arguments[i + 1]);
        }
        LearningSettings settings = settings(options);
        DataType weights = DataType.valueOf(options.getOrDefault("weights", "BF16"));
        Kernels kernels = CpuKernels.create(Runtime.getRuntime().availableProcessors());
        LanguageModel model = Models.load(BASE, weights, kernels);
        AdapterSpec spec = new AdapterSpec(
                Integer.parseInt(options.getOrDefault("rank", "16")),
                Double.parseDouble(options.getOrDefault("alpha", "32")),
                List.of(options.getOrDefault("targets", String.join(",", AdapterSpec.LINEAR_LAYERS))
                        .split(",", -1)));
        LearnerProfile profile = new LearnerProfile("probe", "1", model.freshAdapter(spec, 1), settings, List.of());
        Path home = Files.createTempDirectory("learn-probe");
        System.out.println(settings + "\n" + spec + ", home " + home);
        StoreComponent store = StoreComponent.open(home);
        LearningComponent learning =
                new LearningComponent(model, new FolderTexts(), new PlainAlgebra(), kernels, store);
        PreparedState prepared = learning.prepare(profile);
        learning.activate(prepared);
        Learner learner = learning.learner("probe").orElseThrow();
        long began = System.nanoTime();
        int measured = Integer.parseInt(options.getOrDefault("measured-tokens", "" + Learner.MEASURED_TOKENS));
        IngestReport report = learner.ingest(Path.of(options.get("code")), measured, Progress.SILENT);
        System.out.println(report + " in " + (System.nanoTime() - began) / 1_000_000 + " ms");
        Measurement before = measured(learner, null);
        int cycles = Integer.parseInt(options.getOrDefault("cycles", "100"));
        int every = Integer.parseInt(options.getOrDefault("every", "1000000"));
        double seconds = 0;
        int discarded = 0;
        for (int i = 1; i <= cycles; i++) {
            CycleReport cycle = learner.cycle(Progress.SILENT);
            seconds += cycle.seconds();
            discarded += cycle.outcome() == CycleReport.Outcome.DISCARDED ? 1 : 0;
            if (i % 10 == 0 || !cycle.reason().isEmpty()) {
                System.out.printf(
                        Locale.ROOT,
                        "%4d %.2f s, reliance %+.2f, loss %.3f, personal %.3f, general %.3f, %d MiB %s%n",
                        i,
                        cycle.seconds(),
                        reliance(store),
                        cycle.validation().trainLoss(),
                        cycle.validation().personal().after(),
                        cycle.validation().general().after(),
                        cycle.peakMiB(),
                        cycle.reason());
            }
            if (i % every == 0 && i < cycles) {
                measured(learner, before);
            }
        }
        measured(learner, before);
        System.out.printf(
                Locale.ROOT,
                "%d cycles, %d discarded, %.2f s a cycle, %s%n",
                cycles,
                discarded,
                seconds / cycles,
                learner.buffer());
        learning.close();
        store.close();
        try (Stream<Path> files = Files.walk(home)) {
            files.sorted(Comparator.reverseOrder()).forEach(LearnProbe::delete);
        }
    }

    private static double reliance(StoreComponent store) {
        return new CommitStore(store).log("probe").getFirst().reach().reliance();
    }

    private static void delete(Path path) {
        try {
            Files.delete(path);
        } catch (IOException fault) {
            throw new UncheckedIOException(fault);
        }
    }

    private static Measurement measured(Learner learner, @Nullable Measurement before) {
        long began = System.nanoTime();
        Measurement now = learner.measure(Progress.SILENT);
        System.out.println(now);
        if (before != null) {
            System.out.printf(
                    Locale.ROOT,
                    "personal top-1 %+.1f %%, exact %+.1f %%, core top-1 %+.2f %%, core nats %+.2f %% (relative)",
                    gain(before.personal().top1(), now.personal().top1()),
                    gain(before.personal().exactMatch(), now.personal().exactMatch()),
                    gain(before.core().top1(), now.core().top1()),
                    gain(before.core().nats(), now.core().nats()));
        }
        System.out.println(" measured in " + (System.nanoTime() - began) / 1_000_000 + " ms");
        return now;
    }

    private static double gain(double before, double after) {
        return 100 * (after / before - 1);
    }

    private static LearningSettings settings(Map<String, String> options) throws ReflectiveOperationException {
        RecordComponent[] components = LearningSettings.class.getRecordComponents();
        Object[] values = new Object[components.length];
        Class<?>[] types = new Class<?>[components.length];
        for (int i = 0; i < components.length; i++) {
            types[i] = components[i].getType();
            Object standard = components[i].getAccessor().invoke(LearningSettings.DEFAULT);
            String name = components[i].getName();
            String text = options.getOrDefault(name, System.getProperty(name, standard.toString()));
            values[i] = types[i] == int.class ? (Object) Integer.valueOf(text) : (Object) Double.valueOf(text);
        }
        return LearningSettings.class.getDeclaredConstructor(types).newInstance(values);
    }

    private static final class FolderTexts implements ReferenceTexts {
        @Override
        public List<String> core() {
            return texts("core.txt");
        }

        @Override
        public List<String> rehearsal() {
            return texts("rehearsal.txt");
        }

        private static List<String> texts(String name) {
            try {
                return Arrays.stream(Files.readString(CORE.resolve(name)).split("(?m)^=====\\R", -1))
                        .filter(text -> !text.isBlank())
                        .toList();
            } catch (IOException fault) {
                throw new UncheckedIOException(fault);
            }
        }
    }
}
