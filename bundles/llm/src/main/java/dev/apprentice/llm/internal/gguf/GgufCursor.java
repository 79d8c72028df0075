package dev.apprentice.llm.internal.gguf;

import dev.apprentice.model.ModelException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Reads the fields of a file one after another; none is touched before it is known to lie within the bytes. */
final class GgufCursor {
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final String file;
    private final MemorySegment bytes;
    private long position;

    /** @param file its name, for messages */
    GgufCursor(String file, MemorySegment bytes) {
        this.file = file;
        this.bytes = bytes;
    }

    long position() {
        return position;
    }

    long remaining() {
        return bytes.byteSize() - position;
    }

    ModelException fault(String what) {
        return new ModelException(
                ModelException.Code.BAD_MODEL, file + " " + what + ": use the complete file of a model that fits");
    }

    int u32(String field) {
        return bytes.get(INT, take(4, field));
    }

    long u64(String field) {
        return bytes.get(LONG, take(8, field));
    }

    /** A number of things that take at least so many bytes each, all of them still to come. */
    long count(long leastBytes, String field) {
        long count = u64(field);
        if (count < 0 || count > remaining() / leastBytes) {
            throw fault("says " + Long.toUnsignedString(count) + " as " + field + ", but has only " + remaining()
                    + " bytes left");
        }
        return count;
    }

    /** A text of at most so many bytes. */
    String text(long most, String field) {
        long length = count(1, "length of " + field);
        if (length > most) {
            throw fault("has " + field + " of " + length + " bytes, but at most " + most + " are read");
        }
        byte[] utf8 = bytes.asSlice(take(length, field), length).toArray(ValueLayout.JAVA_BYTE);
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(utf8))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new ModelException(
                    ModelException.Code.BAD_MODEL,
                    file + " has " + field + " that is not UTF-8: use the complete file of a model that fits",
                    e);
        }
    }

    void skipText(String field) {
        take(count(1, "length of " + field), field);
    }

    /** A view of the next bytes. */
    MemorySegment slice(long length, String field) {
        return bytes.asSlice(take(length, field), length);
    }

    /** A whole number as its 64 bits. */
    long whole(GgufType type, String field) {
        long at = take(type.leastBytes(), field);
        return switch (type) {
            case U8 -> bytes.get(ValueLayout.JAVA_BYTE, at) & 0xFFL;
            case I8 -> bytes.get(ValueLayout.JAVA_BYTE, at);
            case U16 -> bytes.get(SHORT, at) & 0xFFFFL;
            case I16 -> bytes.get(SHORT, at);
            case U32 -> bytes.get(INT, at) & 0xFFFF_FFFFL;
            case I32 -> bytes.get(INT, at);
            case U64, I64 -> bytes.get(LONG, at);
            case F32, F64, BOOL, TEXT, ARRAY -> throw new IllegalArgumentException(type + " is no whole number");
        };
    }

    double real(GgufType type, String field) {
        return switch (type) {
            case F32 -> Float.intBitsToFloat(u32(field));
            case F64 -> Double.longBitsToDouble(u64(field));
            case U8, I8, U16, I16, U32, I32, U64, I64, BOOL, TEXT, ARRAY ->
                throw new IllegalArgumentException(type + " is no real number");
        };
    }

    boolean flag(String field) {
        byte value = bytes.get(ValueLayout.JAVA_BYTE, take(1, field));
        if (value != 0 && value != 1) {
            throw fault("has " + value + " as " + field + ", which is neither true nor false");
        }
        return value == 1;
    }

    private long take(long length, String field) {
        if (length > remaining()) {
            throw fault("ends within " + field + ", at byte " + position + " of " + bytes.byteSize());
        }
        long at = position;
        position += length;
        return at;
    }
}
