package dev.apprentice.llm.internal;

import dev.apprentice.model.Adapter;
import dev.apprentice.model.AdapterFiles;
import dev.apprentice.model.AdapterSpec;
import dev.apprentice.model.ModelException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashSet;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** Reads adapters in the form of Hugging Face PEFT: LoRA, rsLoRA, DoRA and IA3. */
final class PeftReader {
    static final String CONFIG = "adapter_config.json";
    static final String TENSORS = "adapter_model.safetensors";
    static final String PREFIX = "base_model.model.";
    static final String BASE_DIGEST = "base_model_digest";
    private final Adapters adapters;

    PeftReader(Adapters adapters) {
        this.adapters = adapters;
    }

    Adapter read(AdapterFiles files) {
        JsonNode config = Json.object(files.config(), PeftConfig::fault);
        JsonNode digest = config.path(BASE_DIGEST);
        if (!digest.asString("none").equals(adapters.baseDigest())) {
            throw PeftConfig.fault("is for the base model " + digest.asString("(" + BASE_DIGEST + " is missing)")
                    + ", but this base is " + adapters.baseDigest());
        }
        AdapterSpec spec = new PeftConfig(adapters.config(), config).spec();
        try (Arena arena = Arena.ofShared()) {
            MemorySegment bytes = arena.allocate(files.tensors().length, 64);
            bytes.copyFrom(MemorySegment.ofArray(files.tensors()));
            SafeTensors file = SafeTensors.parse(TENSORS, ModelException.Code.BAD_ADAPTER, bytes);
            AdapterLayout layout = adapters.layout(spec);
            MemorySegment values = arena.allocate(layout.bytes(), 64);
            Set<String> unused = new HashSet<>(file.entries().keySet());
            layout.forEach(slot -> {
                for (Slice part : slot.parts()) {
                    String name = PREFIX + slot.module() + "." + part.name();
                    long[] shape =
                            part.shape().stream().mapToLong(Integer::longValue).toArray();
                    copy(file, name, file.require(name, shape), part.in(values));
                    unused.remove(name);
                }
            });
            if (!unused.isEmpty()) {
                throw file.fault(
                        "holds " + unused.iterator().next() + ", which is no part of " + spec + " over this base");
            }
            return adapters.of(spec, values);
        }
    }

    private static void copy(SafeTensors file, String name, SafeTensors.Entry entry, MemorySegment target) {
        float[] values = new float[Math.toIntExact(entry.elements())];
        Elements.read(entry, 0, values);
        for (float value : values) {
            if (!Float.isFinite(value)) {
                throw file.fault("holds " + value + " in " + name);
            }
        }
        MemorySegment.copy(values, 0, target, ValueLayout.JAVA_FLOAT, 0, values.length);
    }
}
