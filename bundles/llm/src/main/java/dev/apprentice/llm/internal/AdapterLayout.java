package dev.apprentice.llm.internal;

import dev.apprentice.compute.Tensor;
import dev.apprentice.model.AdapterSpec;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Where each tensor of an adapter lies in its flat values: by layer, by target, A before B. */
final class AdapterLayout {
    private final List<Slot> slots;
    private final int targets;
    private final AdapterSpec spec;
    private final long bytes;

    /** The pair of one linear layer; offsets in bytes. */
    record Slot(int layer, String target, int rank, int inputs, int outputs, long aOffset, long bOffset) {
        /** A (rank, inputs) in a flat segment. */
        Tensor a(MemorySegment values) {
            return new Tensor(rank, inputs, values.asSlice(aOffset, 4L * rank * inputs));
        }

        /** B (outputs, rank) in a flat segment. */
        Tensor b(MemorySegment values) {
            return new Tensor(outputs, rank, values.asSlice(bOffset, 4L * outputs * rank));
        }
    }

    AdapterLayout(ModelConfig config, AdapterSpec spec) {
        this.spec = spec;
        this.targets = spec.targets().size();
        List<Slot> built = new ArrayList<>();
        long offset = 0;
        for (int layer = 0; layer < config.layers(); layer++) {
            for (String target : spec.targets()) {
                int[] shape = config.linearShape(target);
                long bOffset = offset + 4L * spec.rank() * shape[1];
                built.add(new Slot(layer, target, spec.rank(), shape[1], shape[0], offset, bOffset));
                offset = bOffset + 4L * spec.rank() * shape[0];
            }
        }
        this.slots = List.copyOf(built);
        this.bytes = offset;
    }

    AdapterSpec spec() {
        return spec;
    }

    /** Length of the flat values. */
    long bytes() {
        return bytes;
    }

    void forEach(Consumer<Slot> action) {
        slots.forEach(action);
    }

    /** The slot of a linear layer that is a target. */
    Slot slot(int layer, String target) {
        return slots.get(layer * targets + spec.targets().indexOf(target));
    }
}
