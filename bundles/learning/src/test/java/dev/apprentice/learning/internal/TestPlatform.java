package dev.apprentice.learning.internal;

import dev.apprentice.compute.DataType;
import dev.apprentice.compute.Kernels;
import dev.apprentice.kernels.cpu.CpuKernels;
import dev.apprentice.learning.Experience;
import dev.apprentice.learning.Learner;
import dev.apprentice.learning.LearnerProfile;
import dev.apprentice.learning.LearningSettings;
import dev.apprentice.learning.PreparedState;
import dev.apprentice.llm.Models;
import dev.apprentice.model.Adapter;
import dev.apprentice.model.AdapterSpec;
import dev.apprentice.model.LanguageModel;
import dev.apprentice.model.ReferenceTexts;
import dev.apprentice.store.internal.StoreComponent;
import dev.apprentice.testkit.PlainAlgebra;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The real base model, SQLite and learning, without OSGi. */
final class TestPlatform implements AutoCloseable {
    static final String SKILL = "test.skill";
    static final Path BASE_MODEL =
            Path.of(System.getProperty("apprentice.model.dir", "../base-model/src/main/resources/model"));
    static final Kernels KERNELS = CpuKernels.create(2);
    static final LanguageModel MODEL = Models.load(BASE_MODEL, DataType.BF16, KERNELS);
    static final LearningSettings SETTINGS =
            new LearningSettings(16, 2, 1, 1, 3, 48, 1, 5e-3, 1.0, 5e-4, 0.9, 0.5, 0.5, 1);

    final StoreComponent store;
    final LearningComponent learning;
    final Tools tools;

    TestPlatform(Path home) {
        store = StoreComponent.open(home);
        tools = new Tools(MODEL, new FewTexts(), new PlainAlgebra(), KERNELS, store);
        learning = new LearningComponent(MODEL, tools.texts(), tools.algebra(), KERNELS, store);
    }

    private static final class FewTexts implements ReferenceTexts {
        @Override
        public List<String> core() {
            return List.of(
                    "for (int i = 0; i < count; i++) {\n    sum += values[i];\n}\n",
                    "return name == null ? \"\" : name;\n");
        }

        @Override
        public List<String> rehearsal() {
            List<String> texts = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                texts.add("int value" + i + " = map.getOrDefault(key" + i + ", " + i + ");\nreturn value" + i + ";\n");
            }
            return texts;
        }
    }

    static Adapter shipped(long seed) {
        return MODEL.freshAdapter(new AdapterSpec(2, 4, List.of("q_proj", "v_proj", "down_proj")), seed);
    }

    static LearnerProfile profile(String version, Adapter shipped, LearningSettings settings) {
        return new LearnerProfile(
                SKILL, version, shipped, settings, List.of("List<String> names = new ArrayList<>();\n"));
    }

    static LearnerProfile profile() {
        return profile("1.0.0", shipped(1), SETTINGS);
    }

    /** Installs or updates as the skills room does. */
    Learner install(LearnerProfile profile) {
        return activate(learning.prepare(profile));
    }

    Learner activate(PreparedState state) {
        store.inTransaction(connection -> {
            learning.activate(state);
            return state;
        });
        return learning.learner(state.skillId()).orElseThrow();
    }

    static Experience experience(String prompt, String answer, Experience.Verdict verdict) {
        return new Experience(prompt, answer, verdict, "test", Instant.EPOCH);
    }

    static Experience line(int number) {
        return experience(
                "class Frobnicator" + number + " {\n",
                "    Zorblax frobnicate(Quux quux) { return quux.zorblax(" + number + "); }\n}\n",
                Experience.Verdict.ACCEPTED);
    }

    static void record(Learner learner, int from, int to) {
        for (int i = from; i < to; i++) {
            learner.record(line(i));
        }
    }

    static void write(Path file, String text) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.writeString(file, text);
        } catch (IOException fault) {
            throw new UncheckedIOException(fault);
        }
    }

    @Override
    public void close() {
        learning.close();
        store.close();
    }
}
