package dev.apprentice.llm.internal;

import dev.apprentice.model.Adapter;
import dev.apprentice.model.AdapterFiles;
import dev.apprentice.model.AdapterKind;
import dev.apprentice.model.AdapterSpec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Writes adapters in the form of Hugging Face PEFT, in float32. */
final class PeftWriter {
    private PeftWriter() {}

    static AdapterFiles write(Adapter adapter, AdapterLayout layout) {
        return new AdapterFiles(config(adapter, layout), tensors(adapter, layout));
    }

    private static byte[] config(Adapter adapter, AdapterLayout layout) {
        ObjectNode config = Json.MAPPER.createObjectNode();
        AdapterSpec spec = adapter.spec();
        switch (spec.kind()) {
            case AdapterKind.LowRank kind -> {
                config.put("peft_type", "LORA");
                addCommon(config);
                config.put("r", kind.size().rank());
                config.put("lora_alpha", kind.size().alpha());
                config.put("lora_dropout", 0.0);
                config.put("bias", "none");
                config.put("use_rslora", kind.scaling() == AdapterKind.Scaling.BY_ROOT_OF_RANK);
                config.put("use_dora", kind.form() == AdapterKind.Form.DECOMPOSED);
                ObjectNode ranks = config.putObject("rank_pattern");
                ObjectNode alphas = config.putObject("alpha_pattern");
                kind.exceptions().forEach((module, size) -> {
                    ranks.put(module, size.rank());
                    alphas.put(module, size.alpha());
                });
                config.set("target_modules", Json.MAPPER.valueToTree(spec.targets()));
                config.set("layers_to_transform", layers(spec));
            }
            case AdapterKind.Ia3 kind -> {
                config.put("peft_type", "IA3");
                addCommon(config);
                List<String> modules = new ArrayList<>();
                List<String> inputs = new ArrayList<>();
                layout.forEach(slot -> {
                    // there is no layers_to_transform for IA3: where some blocks are left out, the others are named one
                    // by one
                    String name = spec.layers().isEmpty() ? slot.target() : slot.module();
                    modules.add(name);
                    if (kind.scaledInputs().contains(slot.target())) {
                        inputs.add(name);
                    }
                });
                config.set("target_modules", Json.MAPPER.valueToTree(new LinkedHashSet<>(modules)));
                config.set("feedforward_modules", Json.MAPPER.valueToTree(new LinkedHashSet<>(inputs)));
            }
        }
        config.put(PeftReader.BASE_DIGEST, adapter.baseDigest());
        return Json.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsBytes(config);
    }

    private static void addCommon(ObjectNode config) {
        config.put("task_type", "CAUSAL_LM");
        config.put("inference_mode", true);
        config.put("fan_in_fan_out", false);
        config.putNull("modules_to_save");
    }

    private static JsonNode layers(AdapterSpec spec) {
        return spec.layers().isEmpty() ? Json.MAPPER.nullNode() : Json.MAPPER.valueToTree(spec.layers());
    }

    /** The values lie in the file as they lie in the adapter, so one header describes them all. */
    private static byte[] tensors(Adapter adapter, AdapterLayout layout) {
        ObjectNode header = Json.MAPPER.createObjectNode();
        header.set("__metadata__", Json.MAPPER.createObjectNode().put("format", "pt"));
        layout.forEach(slot -> {
            for (Slice part : slot.parts()) {
                header.set(PeftReader.PREFIX + slot.module() + "." + part.name(), entry(part));
            }
        });
        String text = Json.MAPPER.writeValueAsString(header);
        // padded so that the values are aligned in the file
        byte[] json = (text + " ".repeat((8 - text.length() % 8) % 8)).getBytes(StandardCharsets.UTF_8);
        byte[] file = new byte[Math.toIntExact(8 + json.length + layout.bytes())];
        MemorySegment segment = MemorySegment.ofArray(file);
        segment.set(SafeTensors.LENGTH, 0, json.length);
        MemorySegment.copy(json, 0, segment, ValueLayout.JAVA_BYTE, 8, json.length);
        MemorySegment.copy(adapter.values(), 0, segment, 8L + json.length, layout.bytes());
        return file;
    }

    private static ObjectNode entry(Slice part) {
        ObjectNode entry = Json.MAPPER.createObjectNode();
        entry.put("dtype", "F32");
        entry.set("shape", Json.MAPPER.valueToTree(part.shape()));
        entry.set("data_offsets", Json.MAPPER.valueToTree(List.of(part.offset(), part.end())));
        return entry;
    }
}
