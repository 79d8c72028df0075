package dev.apprentice.llm.internal.gguf;

import dev.apprentice.model.ModelException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * A file in the GGUF format, version 2 or 3 (ggml, docs/gguf.md), its header checked in full and its tensors views of it.
 *
 * @param file its name, for messages
 */
public record GgufFile(String file, Map<String, GgufValue> metadata, Map<String, GgufTensor> tensors) {
    static final int MAGIC = 'G' | 'G' << 8 | 'U' << 16 | 'F' << 24;
    static final String ALIGNMENT = "general.alignment";

    public GgufFile {
        metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
        tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
    }

    /**
     * Parses a file.
     *
     * @throws ModelException if a count, length, type, offset or size is wrong or lies beyond the bytes
     */
    public static GgufFile parse(String file, MemorySegment bytes) {
        return new GgufParser(file, bytes).parse();
    }

    /** Whether the bytes begin as such a file does. */
    public static boolean startsLikeOne(MemorySegment bytes) {
        return bytes.byteSize() >= 4 && new GgufCursor("", bytes).u32("magic") == MAGIC;
    }

    /** A fault of this file. */
    public ModelException fault(String what) {
        return new ModelException(
                ModelException.Code.BAD_MODEL, file + " " + what + ": use the complete file of a model that fits");
    }

    public Optional<String> text(String key) {
        return switch (metadata.get(key)) {
            case null -> Optional.empty();
            case GgufValue.Text text -> Optional.of(text.value());
            case GgufValue other -> throw wrongType(key, other, "a text");
        };
    }

    public OptionalLong whole(String key) {
        return switch (metadata.get(key)) {
            case null -> OptionalLong.empty();
            case GgufValue.Whole whole -> OptionalLong.of(whole.value());
            case GgufValue other -> throw wrongType(key, other, "a whole number");
        };
    }

    public OptionalDouble real(String key) {
        return switch (metadata.get(key)) {
            case null -> OptionalDouble.empty();
            case GgufValue.Real real -> OptionalDouble.of(real.value());
            case GgufValue.Whole whole -> OptionalDouble.of((double) whole.value());
            case GgufValue other -> throw wrongType(key, other, "a number");
        };
    }

    /** A flag, false if it is not there. */
    public boolean flag(String key) {
        return switch (metadata.get(key)) {
            case null -> false;
            case GgufValue.Flag flag -> flag.value();
            case GgufValue other -> throw wrongType(key, other, "true or false");
        };
    }

    public Optional<List<String>> texts(String key) {
        return array(key, GgufType.TEXT).map(many -> {
            GgufCursor cursor = new GgufCursor(file, many.bytes());
            List<String> texts = new ArrayList<>(Math.toIntExact(many.count()));
            for (long i = 0; i < many.count(); i++) {
                texts.add(cursor.text(many.bytes().byteSize(), key + "[" + i + "]"));
            }
            return List.copyOf(texts);
        });
    }

    public Optional<float[]> floats(String key) {
        return array(key, GgufType.F32).map(many -> {
            GgufCursor cursor = new GgufCursor(file, many.bytes());
            float[] values = new float[Math.toIntExact(many.count())];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) cursor.real(GgufType.F32, key);
            }
            return values;
        });
    }

    public Optional<int[]> integers(String key) {
        return array(key, GgufType.I32).map(many -> {
            GgufCursor cursor = new GgufCursor(file, many.bytes());
            int[] values = new int[Math.toIntExact(many.count())];
            for (int i = 0; i < values.length; i++) {
                values[i] = cursor.u32(key);
            }
            return values;
        });
    }

    private Optional<GgufValue.Many> array(String key, GgufType element) {
        return switch (metadata.get(key)) {
            case null -> Optional.empty();
            case GgufValue.Many many
            when many.element() == element && many.count() <= Integer.MAX_VALUE - 8 -> Optional.of(many);
            case GgufValue other -> throw wrongType(key, other, "an array of " + element);
        };
    }

    private ModelException wrongType(String key, GgufValue value, String wanted) {
        String found = value instanceof GgufValue.Many many ? many.count() + " × " + many.element() : value.toString();
        return fault("has " + found + " as " + key + ", but expected is " + wanted);
    }
}
