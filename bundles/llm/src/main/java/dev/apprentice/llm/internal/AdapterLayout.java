package dev.apprentice.llm.internal;

import dev.apprentice.model.AdapterKind;
import dev.apprentice.model.AdapterSpec;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Where each tensor of an adapter lies in its flat values: by layer, by target. */
final class AdapterLayout {
    private final Map<String, AdapterSlot> slots = new LinkedHashMap<>();
    private final AdapterSpec spec;
    private long bytes;

    /** @throws dev.apprentice.model.ModelException if the spec names a block or a module that the base has not */
    AdapterLayout(ModelConfig config, AdapterSpec spec) {
        this.spec = spec;
        if (!spec.layers().isEmpty()
                && (spec.layers().getFirst() < 0 || spec.layers().getLast() >= config.layers())) {
            throw Adapters.fault("adapts the layers " + spec.layers() + ", but this base has " + config.layers()
                    + ": use an adapter of this base");
        }
        for (int layer = 0; layer < config.layers(); layer++) {
            for (String target : spec.targets()) {
                if (spec.adapts(layer)) {
                    slots.put(ModelConfig.moduleName(layer, target), slot(config.linearShape(target), layer, target));
                }
            }
        }
        if (spec.kind() instanceof AdapterKind.LowRank lowRank) {
            Set<String> unknown = new HashSet<>(lowRank.exceptions().keySet());
            unknown.removeAll(slots.keySet());
            if (!unknown.isEmpty()) {
                throw Adapters.fault("gives a rank to " + unknown + ", which it does not adapt: mend its spec");
            }
        }
    }

    private AdapterSlot slot(int[] shape, int layer, String target) {
        int outputs = shape[0];
        int inputs = shape[1];
        return switch (spec.kind()) {
            case AdapterKind.LowRank kind -> {
                String module = ModelConfig.moduleName(layer, target);
                int rank = kind.sizeOf(module).rank();
                Slice a = part("lora_A.weight", rank, inputs);
                Slice b = part("lora_B.weight", outputs, rank);
                yield switch (kind.form()) {
                    case PRODUCT -> new AdapterSlot.LowRank(layer, target, kind.scaleOf(module), a, b);
                    case DECOMPOSED ->
                        new AdapterSlot.Decomposed(
                                layer, target, kind.scaleOf(module), a, b, part("lora_magnitude_vector", outputs));
                };
            }
            case AdapterKind.Ia3 kind ->
                kind.scaledInputs().contains(target)
                        ? new AdapterSlot.ScaledInput(layer, target, part("ia3_l", 1, inputs))
                        : new AdapterSlot.ScaledOutput(layer, target, part("ia3_l", outputs, 1));
        };
    }

    private Slice part(String name, Integer... shape) {
        Slice part = new Slice(name, List.of(shape), bytes);
        bytes = part.end();
        return part;
    }

    AdapterSpec spec() {
        return spec;
    }

    /** Length of the flat values. */
    long bytes() {
        return bytes;
    }

    /** Elements of its largest tensor. */
    int largestPart() {
        return slots.values().stream()
                .flatMap(slot -> slot.parts().stream())
                .mapToInt(Slice::elements)
                .max()
                .orElse(0);
    }

    /** In the order in which their values lie. */
    Collection<AdapterSlot> slots() {
        return slots.values();
    }

    void forEach(Consumer<AdapterSlot> action) {
        slots.values().forEach(action);
    }

    /** The slot of a linear layer, null where it is not adapted. */
    @Nullable
    AdapterSlot slot(int layer, String target) {
        return slots.get(ModelConfig.moduleName(layer, target));
    }
}
