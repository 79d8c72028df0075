package dev.apprentice.compute;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Float32 activations of shape (rows, columns), row-major and without gaps: one row per token.
 *
 * @param data exactly {@code rows · columns · 4} bytes of native memory
 */
public record Tensor(int rows, int columns, MemorySegment data) {
    /** Alignment of tensors allocated here, one cache line. */
    private static final long ALIGNMENT = 64;

    public Tensor {
        if (rows < 0 || columns <= 0 || data.byteSize() != 4L * rows * columns) {
            throw new IllegalArgumentException("A float tensor of " + rows + "x" + columns + " needs "
                    + 4L * rows * columns + " bytes, but the segment has " + data.byteSize());
        }
    }

    /** A tensor of zeros that lives as long as the arena. */
    public static Tensor allocate(Arena arena, int rows, int columns) {
        return new Tensor(rows, columns, arena.allocate(4L * rows * columns, ALIGNMENT));
    }

    /** A view of {@code count} rows starting at {@code from}. */
    public Tensor rows(int from, int count) {
        return new Tensor(count, columns, data.asSlice(4L * from * columns, 4L * count * columns));
    }

    /** This tensor's memory as an F32 weight matrix, without a copy. */
    public Matrix asMatrix() {
        return new Matrix(DataType.F32, rows, columns, data);
    }

    public float get(int row, int column) {
        return data.getAtIndex(ValueLayout.JAVA_FLOAT, (long) row * columns + column);
    }

    public void set(int row, int column, float value) {
        data.setAtIndex(ValueLayout.JAVA_FLOAT, (long) row * columns + column, value);
    }

    public void clear() {
        data.fill((byte) 0);
    }
}
