package dev.apprentice.llm.internal;

import dev.apprentice.model.Adapter;
import dev.apprentice.model.AdapterKind;
import dev.apprentice.model.AdapterSpec;
import dev.apprentice.model.ModelException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;

/** Makes the immutable adapters of one base. */
final class Adapters {
    private final ModelConfig config;
    private final String baseDigest;
    private final Weights weights;
    private final RowScales rowScales;

    Adapters(ModelConfig config, String baseDigest, Weights weights, RowScales rowScales) {
        this.config = config;
        this.baseDigest = baseDigest;
        this.weights = weights;
        this.rowScales = rowScales;
    }

    ModelConfig config() {
        return config;
    }

    String baseDigest() {
        return baseDigest;
    }

    AdapterLayout layout(AdapterSpec spec) {
        return new AdapterLayout(config, spec);
    }

    /** Values by which nothing changes: A is Kaiming-uniform with a = √5, that is uniform within ±1/√inputs, and B zero. */
    Adapter fresh(AdapterSpec spec, long seed) {
        AdapterLayout layout = layout(spec);
        MemorySegment values = Arena.ofAuto().allocate(layout.bytes(), 64);
        SplittableRandom random = new SplittableRandom(seed);
        layout.forEach(slot -> {
            switch (slot) {
                case AdapterSlot.LowRank lowRank -> fill(lowRank.a(), random, values);
                case AdapterSlot.Decomposed decomposed -> {
                    fill(decomposed.a(), random, values);
                    Weights.Linear base =
                            weights.layers().get(slot.layer()).linear().get(slot.target());
                    rowScales.norms(
                            Objects.requireNonNull(base).weight(),
                            decomposed.magnitude().in(values));
                }
                case AdapterSlot.ScaledOutput scaled -> ones(scaled.factors(), values);
                case AdapterSlot.ScaledInput scaled -> ones(scaled.factors(), values);
            }
        });
        return seal(spec, values);
    }

    private static void fill(Slice a, SplittableRandom random, MemorySegment values) {
        float bound = (float) (1 / Math.sqrt(a.shape().getLast()));
        for (long i = 0; i < a.elements(); i++) {
            a.in(values).setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) random.nextDouble(-bound, bound));
        }
    }

    private static void ones(Slice factors, MemorySegment values) {
        for (long i = 0; i < factors.elements(); i++) {
            factors.in(values).setAtIndex(ValueLayout.JAVA_FLOAT, i, 1);
        }
    }

    /** A copy of flat values. */
    Adapter of(AdapterSpec spec, MemorySegment values) {
        long expected = layout(spec).bytes();
        if (values.byteSize() != expected) {
            throw fault("has " + values.byteSize() / 4 + " values, but " + spec + " over this base has " + expected / 4
                    + ": use an adapter of this base");
        }
        MemorySegment copy = Arena.ofAuto().allocate(expected, 64);
        copy.copyFrom(values);
        return seal(spec, copy);
    }

    /** Makes an adapter of values that nobody writes any more. */
    private Adapter seal(AdapterSpec spec, MemorySegment values) {
        for (long i = 0; i < values.byteSize() / 4; i++) {
            float value = values.getAtIndex(ValueLayout.JAVA_FLOAT, i);
            if (!Float.isFinite(value)) {
                throw fault("holds " + value + " at place " + i
                        + ": its training has diverged or its file is damaged, use another");
            }
        }
        return new Adapter(spec, baseDigest, digest(spec, values), values);
    }

    private String digest(AdapterSpec spec, MemorySegment values) {
        MessageDigest digest = Digests.sha256();
        digest.update((baseDigest + "\n" + text(spec) + "\n").getBytes(StandardCharsets.UTF_8));
        ByteBuffer bytes = values.asByteBuffer();
        digest.update(bytes);
        return Digests.text(digest);
    }

    /** What the digest covers of a spec; a plain LoRA reads as it did when there was nothing else. */
    private static String text(AdapterSpec spec) {
        return switch (spec.kind()) {
            case AdapterKind.LowRank kind -> {
                String name = switch (kind.form()) {
                    case PRODUCT -> "lora";
                    case DECOMPOSED -> "dora";
                };
                List<String> lines = new ArrayList<>(
                        List.of(name, kind.size().rank() + "", kind.size().alpha() + "", spec.targets() + ""));
                if (kind.scaling() != AdapterKind.Scaling.BY_RANK) {
                    lines.add(kind.scaling().name());
                }
                kind.exceptions().forEach((module, size) -> lines.add(module + " " + size.rank() + " " + size.alpha()));
                addLayers(lines, spec);
                yield String.join("\n", lines);
            }
            case AdapterKind.Ia3 kind -> {
                List<String> lines = new ArrayList<>(List.of("ia3", spec.targets() + "", kind.scaledInputs() + ""));
                addLayers(lines, spec);
                yield String.join("\n", lines);
            }
        };
    }

    private static void addLayers(List<String> lines, AdapterSpec spec) {
        if (!spec.layers().isEmpty()) {
            lines.add("layers " + spec.layers());
        }
    }

    static ModelException fault(String what) {
        return new ModelException(ModelException.Code.BAD_ADAPTER, "The adapter " + what);
    }
}
