package dev.apprentice.llm.internal;

import dev.apprentice.compute.DataType;
import dev.apprentice.llm.internal.gguf.GgufNames;
import dev.apprentice.llm.internal.gguf.GgufWriter;
import dev.apprentice.llm.internal.gguf.RotaryPermutation;
import dev.apprentice.model.Adapter;
import dev.apprentice.model.AdapterKind;
import dev.apprentice.model.ModelException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;

/**
 * Writes LoRA adapters as llama.cpp reads them: one alpha for all layers, the scale of each being alpha / rank. What is scaled otherwise,
 * as by rsLoRA, gets an alpha or a B that comes to the same.
 */
final class GgufAdapterWriter {
    private final ModelConfig config;
    private final Adapter adapter;

    GgufAdapterWriter(ModelConfig config, Adapter adapter) {
        this.config = config;
        this.adapter = adapter;
    }

    void write(AdapterLayout layout, Path target) {
        AdapterKind.LowRank kind = plain();
        // scale = alpha / rank, solved for alpha
        float alpha = kind.size().rank() * kind.scaleOf(kind.size());
        GgufWriter writer = new GgufWriter()
                .put("general.type", "adapter")
                .put("general.architecture", GgufMetadata.architecture(config))
                .put("adapter.type", "lora")
                .put("adapter.lora.alpha", alpha);
        for (AdapterSlot slot : layout.slots()) {
            if (slot instanceof AdapterSlot.LowRank lora) {
                String name = GgufNames.fromHuggingFace(slot.module() + ".weight");
                int rank = lora.a().shape().getFirst();
                writer.tensor(
                        name + ".lora_a",
                        DataType.F32,
                        shape(lora.a()),
                        () -> lora.a().in(adapter.values()));
                writer.tensor(
                        name + ".lora_b", DataType.F32, shape(lora.b()), () -> b(lora, lora.scale() * rank / alpha));
            }
        }
        try {
            writer.write(target);
        } catch (IOException e) {
            throw new ModelException(
                    ModelException.Code.BAD_REQUEST, target + " cannot be written: check the disk and its room", e);
        }
    }

    private AdapterKind.LowRank plain() {
        return switch (adapter.spec().kind()) {
            case AdapterKind.LowRank kind when kind.form() == AdapterKind.Form.PRODUCT -> kind;
            case AdapterKind.LowRank _ -> throw refused("DoRA");
            case AdapterKind.Ia3 _ -> throw refused("IA3");
        };
    }

    private static ModelException refused(String kind) {
        return new ModelException(
                ModelException.Code.BAD_REQUEST,
                "GGUF files hold LoRA adapters, but this one is " + kind + ": export it as a PEFT directory");
    }

    private static List<Long> shape(Slice part) {
        return part.shape().stream().map(Integer::longValue).toList();
    }

    /** B (outputs, rank) times a factor, its rows in the order of the file's architecture. */
    private MemorySegment b(AdapterSlot.LowRank slot, float factor) {
        MemorySegment values = slot.b().in(adapter.values());
        MemorySegment scaled = Arena.ofAuto().allocate(values.byteSize(), 64);
        for (long i = 0; i < slot.b().elements(); i++) {
            scaled.setAtIndex(ValueLayout.JAVA_FLOAT, i, factor * values.getAtIndex(ValueLayout.JAVA_FLOAT, i));
        }
        int heads = switch (slot.target()) {
            case "q_proj" -> config.attention().heads();
            case "k_proj" -> config.attention().keyValueHeads();
            default -> 0;
        };
        if (heads == 0 || !GgufMetadata.architecture(config).equals("llama")) {
            return scaled;
        }
        MemorySegment permuted = Arena.ofAuto().allocate(values.byteSize(), 64);
        RotaryPermutation.apply(scaled, permuted, heads, config.attention().headDim());
        return permuted;
    }
}
