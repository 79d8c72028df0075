package dev.apprentice.llm.internal;

import dev.apprentice.compute.DataType;
import dev.apprentice.compute.Kernels;
import dev.apprentice.compute.Tensor;
import dev.apprentice.kernels.cpu.CpuKernels;
import dev.apprentice.model.Adapter;
import dev.apprentice.model.AdapterSpec;
import dev.apprentice.model.TrainingBudget;
import dev.apprentice.testkit.Golden;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The real base model for tests, loaded once for each type. */
final class TestModel {
    static final Path DIRECTORY = Path.of("../base-model/src/main/resources/model");
    static final Kernels KERNELS = CpuKernels.create(2);
    /** What the golden adapter is. */
    static final AdapterSpec SPEC = new AdapterSpec(4, 8, AdapterSpec.LINEAR_LAYERS);

    private static final Map<DataType, LlamaModel> LOADED = new EnumMap<>(DataType.class);

    private TestModel() {}

    static synchronized LlamaModel load(DataType type) {
        return LOADED.computeIfAbsent(
                type, wanted -> LlamaModel.load(ModelFiles.inDirectory(DIRECTORY), wanted, KERNELS));
    }

    /** Another model with settings of its own, in BF16. */
    static LlamaModel with(GenerationSettings settings) {
        return LlamaModel.load(
                "test",
                ModelSource.open(DIRECTORY),
                Optional.of(DataType.BF16),
                KERNELS,
                Path.of(System.getProperty("java.io.tmpdir"), "apprentice-native"),
                Optional.empty(),
                settings,
                TrainingBudget.DEFAULT,
                LoadProgress.NONE);
    }

    /** Logits of every token, row-major. */
    static float[] logits(LlamaModel model, int[] tokens, @Nullable Adapter adapter) {
        try (Session session = new Session(model.transformer(), model.network(adapter), tokens.length);
                Arena arena = Arena.ofShared()) {
            Tensor logits = Tensor.allocate(arena, tokens.length, model.info().vocabulary());
            model.transformer().head(model.weights(), session.read(tokens), logits);
            return floats(logits.data());
        }
    }

    /** The golden adapter. */
    static Adapter goldenAdapter(LlamaModel model) {
        return model.adapterOf(SPEC, inLayout(model, SPEC, Golden.tensors("lora.safetensors"), "param."));
    }

    /** Golden tensors, flat in the layout of an adapter. */
    static MemorySegment inLayout(LlamaModel model, AdapterSpec spec, Golden golden, String prefix) {
        AdapterLayout layout = new AdapterLayout(model.transformer().config(), spec);
        MemorySegment values = Arena.ofAuto().allocate(layout.bytes(), 64);
        layout.forEach(slot -> {
            for (Slice part : slot.parts()) {
                float[] tensor = golden.floats(prefix + "base_model.model." + slot.module() + "." + part.name());
                part.in(values).copyFrom(MemorySegment.ofArray(tensor));
            }
        });
        return values;
    }

    static float[] floats(MemorySegment segment) {
        return segment.toArray(ValueLayout.JAVA_FLOAT);
    }
}
