package dev.apprentice.llm.internal;

import dev.apprentice.model.Adapter;
import dev.apprentice.model.AdapterFiles;
import dev.apprentice.model.AdapterSpec;
import dev.apprentice.model.ModelException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** Reads LoRA adapters in the form of Hugging Face PEFT. Unknown settings are ignored, as PEFT does, but none that would change the result. */
final class PeftReader {
    static final String CONFIG = "adapter_config.json";
    static final String TENSORS = "adapter_model.safetensors";
    static final String BASE_DIGEST = "base_model_digest";
    private static final List<String> NOT_SUPPORTED = List.of(
            "use_dora",
            "use_rslora",
            "rank_pattern",
            "alpha_pattern",
            "modules_to_save",
            "layers_to_transform",
            "fan_in_fan_out",
            "lora_bias",
            "trainable_token_indices",
            "target_parameters");

    private final Adapters adapters;

    PeftReader(Adapters adapters) {
        this.adapters = adapters;
    }

    Adapter read(AdapterFiles files) {
        AdapterSpec spec = spec(Json.object(files.config(), PeftReader::fault));
        try (Arena arena = Arena.ofShared()) {
            MemorySegment bytes = arena.allocate(files.tensors().length, 64);
            bytes.copyFrom(MemorySegment.ofArray(files.tensors()));
            SafeTensors file = SafeTensors.parse(TENSORS, ModelException.Code.BAD_ADAPTER, bytes);
            AdapterLayout layout = adapters.layout(spec);
            MemorySegment values = arena.allocate(layout.bytes(), 64);
            Set<String> unused = new HashSet<>(file.entries().keySet());
            layout.forEach(slot -> {
                String module = "base_model.model." + ModelConfig.moduleName(slot.layer(), slot.target());
                String a = module + ".lora_A.weight";
                String b = module + ".lora_B.weight";
                copy(
                        file,
                        a,
                        file.require(a, slot.rank(), slot.inputs()),
                        slot.a(values).data());
                copy(
                        file,
                        b,
                        file.require(b, slot.outputs(), slot.rank()),
                        slot.b(values).data());
                unused.remove(a);
                unused.remove(b);
            });
            if (!unused.isEmpty()) {
                throw file.fault(
                        "holds " + unused.iterator().next() + ", which is no part of " + spec + " over this base");
            }
            return adapters.of(spec, values);
        }
    }

    private AdapterSpec spec(JsonNode config) {
        String type = config.path("peft_type").asString("none");
        if (!type.equals("LORA")) {
            throw fault("has the peft_type " + type + ", but only LORA is supported");
        }
        for (String key : NOT_SUPPORTED) {
            JsonNode value = config.path(key);
            boolean off = value.isMissingNode()
                    || value.isNull()
                    || value.isBoolean() && !value.booleanValue()
                    || value.isContainer() && value.isEmpty();
            if (!off) {
                throw fault("sets " + key + " to " + value + ", which is not supported");
            }
        }
        if (!config.path("bias").asString("none").equals("none")) {
            throw fault("trains biases, which is not supported");
        }
        JsonNode digest = config.path(BASE_DIGEST);
        if (!digest.asString("none").equals(adapters.baseDigest())) {
            throw fault("is for the base model " + digest.asString("(" + BASE_DIGEST + " is missing)")
                    + ", but this base is " + adapters.baseDigest());
        }
        JsonNode targets = config.path("target_modules");
        if (!targets.isArray() || !targets.valueStream().allMatch(JsonNode::isString)) {
            throw fault("has target_modules " + targets + " instead of a list of names");
        }
        List<String> names = targets.valueStream().map(JsonNode::stringValue).toList();
        if (new HashSet<>(names).size() != names.size()) {
            throw fault("names a target module twice in " + names);
        }
        JsonNode rank = config.path("r");
        if (!rank.isMissingNode() && !rank.isInt()) {
            throw fault("has r = " + rank + " instead of a whole number");
        }
        return new AdapterSpec(rank.asInt(8), config.path("lora_alpha").asDouble(8), names);
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

    private static ModelException fault(String what) {
        return new ModelException(
                ModelException.Code.BAD_ADAPTER, CONFIG + " " + what + ": use a plain LoRA adapter made for this base");
    }
}
