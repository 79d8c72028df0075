package dev.apprentice.llm.internal;

import dev.apprentice.compute.Tensor;
import dev.apprentice.model.Adapter;
import dev.apprentice.model.AdapterFiles;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** Writes adapters in the form of Hugging Face PEFT, in float32. */
final class PeftWriter {
    private PeftWriter() {}

    static AdapterFiles write(Adapter adapter, AdapterLayout layout) {
        return new AdapterFiles(config(adapter), tensors(adapter, layout));
    }

    private static byte[] config(Adapter adapter) {
        ObjectNode config = Json.MAPPER.createObjectNode();
        config.put("peft_type", "LORA");
        config.put("task_type", "CAUSAL_LM");
        config.put("r", adapter.spec().rank());
        config.put("lora_alpha", adapter.spec().alpha());
        config.put("lora_dropout", 0.0);
        config.put("bias", "none");
        config.set("target_modules", Json.MAPPER.valueToTree(adapter.spec().targets()));
        config.put(PeftReader.BASE_DIGEST, adapter.baseDigest());
        return Json.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsBytes(config);
    }

    /** The values lie in the file as they lie in the adapter, so one header describes them all. */
    private static byte[] tensors(Adapter adapter, AdapterLayout layout) {
        ObjectNode header = Json.MAPPER.createObjectNode();
        header.set("__metadata__", Json.MAPPER.createObjectNode().put("format", "pt"));
        layout.forEach(slot -> {
            String module = "base_model.model." + ModelConfig.moduleName(slot.layer(), slot.target());
            header.set(module + ".lora_A.weight", entry(slot.a(adapter.values()), slot.aOffset()));
            header.set(module + ".lora_B.weight", entry(slot.b(adapter.values()), slot.bOffset()));
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

    private static ObjectNode entry(Tensor tensor, long offset) {
        ObjectNode entry = Json.MAPPER.createObjectNode();
        entry.put("dtype", "F32");
        entry.set("shape", Json.MAPPER.valueToTree(List.of(tensor.rows(), tensor.columns())));
        entry.set(
                "data_offsets",
                Json.MAPPER.valueToTree(List.of(offset, offset + tensor.data().byteSize())));
        return entry;
    }
}
