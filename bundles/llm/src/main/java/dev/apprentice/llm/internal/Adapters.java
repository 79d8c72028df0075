package dev.apprentice.llm.internal;

import dev.apprentice.model.Adapter;
import dev.apprentice.model.AdapterSpec;
import dev.apprentice.model.ModelException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.SplittableRandom;

/** Makes the immutable adapters of one base. */
final class Adapters {
    private final ModelConfig config;
    private final String baseDigest;

    Adapters(ModelConfig config, String baseDigest) {
        this.config = config;
        this.baseDigest = baseDigest;
    }

    String baseDigest() {
        return baseDigest;
    }

    AdapterLayout layout(AdapterSpec spec) {
        return new AdapterLayout(config, spec);
    }

    /** Kaiming-uniform A with a = √5, that is uniform within ±1/√inputs, and B zero. */
    Adapter fresh(AdapterSpec spec, long seed) {
        AdapterLayout layout = layout(spec);
        MemorySegment values = Arena.ofAuto().allocate(layout.bytes(), 64);
        SplittableRandom random = new SplittableRandom(seed);
        layout.forEach(slot -> {
            float bound = (float) (1 / Math.sqrt(slot.inputs()));
            MemorySegment a = slot.a(values).data();
            for (long i = 0; i < a.byteSize() / 4; i++) {
                a.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) random.nextDouble(-bound, bound));
            }
        });
        return seal(spec, values);
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
        String head =
                String.join("\n", baseDigest, "lora", spec.rank() + "", spec.alpha() + "", spec.targets() + "", "");
        digest.update(head.getBytes(StandardCharsets.UTF_8));
        ByteBuffer bytes = values.asByteBuffer();
        digest.update(bytes);
        return Digests.text(digest);
    }

    static ModelException fault(String what) {
        return new ModelException(ModelException.Code.BAD_ADAPTER, "The adapter " + what);
    }
}
