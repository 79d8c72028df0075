package dev.apprentice.compute;

import java.lang.foreign.MemorySegment;

/**
 * A weight matrix of shape (rows, columns) = (outputs, inputs), row-major, in any {@link DataType}.
 *
 * @param data exactly {@code rows · type.rowBytes(columns)} bytes; may be a mapped file
 */
public record Matrix(DataType type, int rows, int columns, MemorySegment data) {
    public Matrix {
        long expected = rows * type.rowBytes(columns);
        if (rows <= 0 || columns <= 0 || data.byteSize() != expected) {
            throw new IllegalArgumentException("A " + type + " matrix of " + rows + "x" + columns + " needs " + expected
                    + " bytes, but the segment has " + data.byteSize());
        }
    }

    /** The bytes of one row. */
    public MemorySegment row(int index) {
        long rowBytes = type.rowBytes(columns);
        return data.asSlice(index * rowBytes, rowBytes);
    }
}
