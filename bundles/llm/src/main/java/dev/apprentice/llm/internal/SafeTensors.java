package dev.apprentice.llm.internal;

import dev.apprentice.model.ModelException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * The tensors of a file in the safetensors format, checked in full before any of them is read: header within the file, no
 * duplicate name, every byte of the buffer belongs to exactly one tensor, every length agrees with type and shape.
 *
 * @param file its name, for messages
 */
record SafeTensors(String file, ModelException.Code code, Map<String, Entry> entries) {
    static final ValueLayout.OfLong LENGTH = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final long LONGEST_HEADER = 100_000_000;
    private static final Set<String> FIELDS = Set.of("dtype", "shape", "data_offsets");

    /** One tensor: its bytes are a view of the file. */
    record Entry(ElementType type, List<Long> shape, MemorySegment data) {
        long elements() {
            return data.byteSize() / type.bytes();
        }
    }

    /** Types that are read. */
    enum ElementType {
        F32(4),
        F16(2),
        BF16(2),
        I32(4);

        private final int bytes;

        ElementType(int bytes) {
            this.bytes = bytes;
        }

        int bytes() {
            return bytes;
        }
    }

    private record Span(String name, ElementType type, List<Long> shape, long begin, long end) {}

    /** Parses a file. The entries are views of {@code bytes}. */
    static SafeTensors parse(String file, ModelException.Code code, MemorySegment bytes) {
        SafeTensors parsed = new SafeTensors(file, code, new LinkedHashMap<>());
        if (bytes.byteSize() < 8) {
            throw parsed.fault("has only " + bytes.byteSize() + " bytes, too few for a safetensors header");
        }
        long headerLength = bytes.get(LENGTH, 0);
        if (headerLength < 2 || headerLength > LONGEST_HEADER || headerLength > bytes.byteSize() - 8) {
            throw parsed.fault("declares a header of " + Long.toUnsignedString(headerLength) + " bytes, but has "
                    + bytes.byteSize() + " bytes in all");
        }
        byte[] header = bytes.asSlice(8, headerLength).toArray(ValueLayout.JAVA_BYTE);
        if (header[0] != '{') {
            throw parsed.fault("has a header that does not start with '{'");
        }
        MemorySegment buffer = bytes.asSlice(8 + headerLength);
        long end = 0;
        for (Span span : parsed.spans(Json.object(header, what -> parsed.fault("has a header that " + what)))) {
            if (span.begin() != end) {
                throw parsed.fault("has a hole or an overlap before " + span.name() + ": it begins at byte "
                        + span.begin() + ", but the tensor before it ends at " + end);
            }
            if (span.end() > buffer.byteSize()) {
                throw parsed.fault("declares " + span.name() + " up to byte " + span.end() + ", but holds only "
                        + buffer.byteSize());
            }
            end = span.end();
            parsed.entries.put(
                    span.name(),
                    new Entry(span.type(), span.shape(), buffer.asSlice(span.begin(), span.end() - span.begin())));
        }
        if (end != buffer.byteSize()) {
            throw parsed.fault("has " + (buffer.byteSize() - end) + " bytes after its last tensor");
        }
        return parsed;
    }

    /** A tensor that must be there in this shape. */
    Entry require(String name, long... shape) {
        Entry entry = entries.get(name);
        List<Long> expected = Arrays.stream(shape).boxed().toList();
        if (entry == null) {
            throw fault("lacks the tensor " + name + " of shape " + expected);
        }
        if (!entry.shape().equals(expected)) {
            throw fault("holds " + name + " of shape " + entry.shape() + ", but expected is " + expected);
        }
        return entry;
    }

    /** A fault of this file. */
    ModelException fault(String what) {
        return new ModelException(code, file + " " + what + ": use the complete file of a model that fits");
    }

    private List<Span> spans(JsonNode header) {
        List<Span> spans = new ArrayList<>();
        for (Map.Entry<String, JsonNode> property : header.properties()) {
            String name = property.getKey();
            JsonNode value = property.getValue();
            if (name.equals("__metadata__")) {
                if (!value.isObject() || !value.valueStream().allMatch(JsonNode::isString)) {
                    throw fault("has metadata that are not strings");
                }
            } else {
                spans.add(span(name, value));
            }
        }
        spans.sort(Comparator.comparingLong(Span::begin).thenComparingLong(Span::end));
        return spans;
    }

    private Span span(String name, JsonNode value) {
        if (!value.isObject() || !Set.copyOf(value.propertyNames()).equals(FIELDS)) {
            throw fault("describes " + name + " by other fields than " + FIELDS);
        }
        String typeName = value.path("dtype").asString("");
        ElementType type = Arrays.stream(ElementType.values())
                .filter(known -> known.name().equals(typeName))
                .findFirst()
                .orElseThrow(() -> fault("holds " + name + " of type " + value.path("dtype") + ", which is not read"));
        List<Long> shape = numbers(name, value.path("shape"));
        List<Long> offsets = numbers(name, value.path("data_offsets"));
        if (offsets.size() != 2) {
            throw fault("gives " + name + " " + offsets.size() + " offsets instead of two");
        }
        try {
            long bytes = shape.stream().reduce((long) type.bytes(), Math::multiplyExact);
            if (offsets.get(1) - offsets.get(0) != bytes) {
                throw fault("gives " + name + " the bytes " + offsets + ", but " + type + shape + " takes " + bytes);
            }
        } catch (ArithmeticException e) {
            throw fault("gives " + name + " the impossible shape " + shape);
        }
        return new Span(name, type, shape, offsets.get(0), offsets.get(1));
    }

    private List<Long> numbers(String name, JsonNode array) {
        if (!array.isArray()
                || !array.valueStream()
                        .allMatch(n -> n.isIntegralNumber() && n.canConvertToLong() && n.longValue() >= 0)) {
            throw fault("describes " + name + " by " + array + " where it should have a list of whole numbers");
        }
        return array.valueStream().map(JsonNode::longValue).toList();
    }
}
