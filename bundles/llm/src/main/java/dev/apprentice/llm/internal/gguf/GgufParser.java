package dev.apprentice.llm.internal.gguf;

import dev.apprentice.compute.DataType;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads the header of a file from top to bottom, then places the tensors and checks that none leaves the file or meets another. */
final class GgufParser {
    private static final long LONGEST_KEY = 65_535;
    private static final long LONGEST_TENSOR_NAME = 64;
    private static final int MOST_DIMENSIONS = 4;

    private final String file;
    private final MemorySegment bytes;
    private final GgufCursor cursor;
    private final Map<String, GgufValue> metadata = new LinkedHashMap<>();

    private record Placed(String name, DataType type, List<Long> shape, long offset, long length) {}

    GgufParser(String file, MemorySegment bytes) {
        this.file = file;
        this.bytes = bytes;
        this.cursor = new GgufCursor(file, bytes);
    }

    GgufFile parse() {
        if (cursor.u32("magic") != GgufFile.MAGIC) {
            throw cursor.fault("does not begin with GGUF");
        }
        int version = cursor.u32("version");
        if (version != 2 && version != 3) {
            String order = Integer.reverseBytes(version) == 3 ? " (a big-endian file)" : "";
            throw cursor.fault(
                    "has the version " + Integer.toUnsignedString(version) + order + ", but 2 and 3 are read");
        }
        long tensorCount = cursor.u64("tensor count");
        long metadataCount = cursor.count(13, "metadata count");
        if (tensorCount < 0 || tensorCount > cursor.remaining() / 32) {
            throw cursor.fault("says " + Long.toUnsignedString(tensorCount) + " as tensor count, but has only "
                    + cursor.remaining() + " bytes left");
        }
        for (long i = 0; i < metadataCount; i++) {
            String key = cursor.text(LONGEST_KEY, "key " + i);
            if (metadata.put(key, value(key)) != null) {
                throw cursor.fault("has the key " + key + " twice");
            }
        }
        List<Placed> placed = new ArrayList<>();
        for (long i = 0; i < tensorCount; i++) {
            placed.add(tensor(i));
        }
        return new GgufFile(file, metadata, place(placed));
    }

    private GgufValue value(String key) {
        GgufType type = type(key);
        return switch (type) {
            case U8, I8, U16, I16, U32, I32, U64, I64 -> new GgufValue.Whole(type, cursor.whole(type, key));
            case F32, F64 -> new GgufValue.Real(type, cursor.real(type, key));
            case BOOL -> new GgufValue.Flag(cursor.flag(key));
            case TEXT -> new GgufValue.Text(cursor.text(Integer.MAX_VALUE - 8, key));
            case ARRAY -> array(key);
        };
    }

    private GgufType type(String key) {
        int id = cursor.u32("type of " + key);
        return GgufType.of(id)
                .orElseThrow(() -> cursor.fault("gives " + key + " the type " + Integer.toUnsignedString(id)
                        + ", but types go from 0 to " + (GgufType.values().length - 1)));
    }

    private GgufValue array(String key) {
        GgufType element = type(key);
        if (element == GgufType.ARRAY) {
            throw cursor.fault("has an array of arrays as " + key + ", which is not read");
        }
        long count = cursor.count(element.leastBytes(), "length of " + key);
        long from = cursor.position();
        if (element == GgufType.TEXT) {
            for (long i = 0; i < count; i++) {
                cursor.skipText(key);
            }
        } else {
            cursor.slice(count * element.leastBytes(), key);
        }
        return new GgufValue.Many(element, count, bytes.asSlice(from, cursor.position() - from));
    }

    private Placed tensor(long index) {
        String name = cursor.text(LONGEST_TENSOR_NAME, "name of tensor " + index);
        int dimensions = cursor.u32("number of dimensions of " + name);
        if (dimensions < 1 || dimensions > MOST_DIMENSIONS) {
            throw cursor.fault("gives " + name + " " + Integer.toUnsignedString(dimensions) + " dimensions, not 1 to "
                    + MOST_DIMENSIONS);
        }
        long[] shape = new long[dimensions];
        for (int i = dimensions - 1; i >= 0; i--) { // the fastest comes first in the file
            shape[i] = cursor.u64("dimension of " + name);
        }
        int id = cursor.u32("type of " + name);
        DataType type = GgufTypes.of(id)
                .orElseThrow(() -> cursor.fault("holds " + name + " in the type " + Integer.toUnsignedString(id)
                        + ", but read are " + Arrays.toString(DataType.values())));
        long offset = cursor.u64("offset of " + name);
        return new Placed(name, type, Arrays.stream(shape).boxed().toList(), offset, length(name, type, shape));
    }

    private long length(String name, DataType type, long[] shape) {
        long fastest = shape[shape.length - 1];
        try {
            long blocks = 1;
            for (long size : shape) {
                if (size < 1) {
                    throw new ArithmeticException("no elements");
                }
                blocks = Math.multiplyExact(blocks, size);
            }
            if (fastest % type.blockElements() == 0 && fastest <= Integer.MAX_VALUE) {
                return Math.multiplyExact(blocks / type.blockElements(), type.blockBytes());
            }
        } catch (ArithmeticException e) {
            // told below
        }
        throw cursor.fault(
                "gives " + name + " the shape " + Arrays.toString(shape) + ", which " + type + " cannot have");
    }

    private Map<String, GgufTensor> place(List<Placed> placed) {
        long alignment = alignment();
        long start = Math.ceilDiv(cursor.position(), alignment) * alignment;
        long end = 0;
        Map<String, GgufTensor> tensors = new LinkedHashMap<>();
        for (Placed tensor :
                placed.stream().sorted(Comparator.comparingLong(Placed::offset)).toList()) {
            if (tensor.offset() < end || tensor.offset() % alignment != 0) {
                throw cursor.fault("puts " + tensor.name() + " at the offset "
                        + Long.toUnsignedString(tensor.offset()) + ", which is no multiple of " + alignment
                        + " or lies within another tensor");
            }
            if (tensor.offset() > bytes.byteSize() - start - tensor.length()) {
                throw cursor.fault("declares " + tensor.name() + " of " + tensor.length() + " bytes at the offset "
                        + tensor.offset() + " after byte " + start + ", but holds only " + bytes.byteSize()
                        + " bytes in all");
            }
            end = tensor.offset() + tensor.length();
        }
        for (Placed tensor : placed) {
            MemorySegment data = bytes.asSlice(start + tensor.offset(), tensor.length());
            if (tensors.put(tensor.name(), new GgufTensor(tensor.type(), tensor.shape(), data)) != null) {
                throw cursor.fault("holds " + tensor.name() + " twice");
            }
        }
        return tensors;
    }

    private long alignment() {
        return switch (metadata.get(GgufFile.ALIGNMENT)) {
            case null -> 32;
            case GgufValue.Whole whole
            when whole.value() >= 8 && whole.value() <= 1 << 20 && Long.bitCount(whole.value()) == 1 -> whole.value();
            case GgufValue other ->
                throw cursor.fault("has " + other + " as " + GgufFile.ALIGNMENT
                        + ", but expected is a power of two from 8 to " + (1 << 20));
        };
    }
}
