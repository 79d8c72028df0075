package dev.apprentice.kernels.cpu.internal;

import dev.apprentice.compute.DataType;
import dev.apprentice.compute.Matrix;
import dev.apprentice.compute.Tensor;
import java.lang.foreign.MemorySegment;

/**
 * A rectangle of numbers in memory: a whole weight, or some rows and one head of a tensor.
 *
 * @param offset of the first row in bytes
 * @param rowBytes distance of two rows
 */
record Operand(DataType type, MemorySegment data, long offset, long rowBytes, int rows, int columns) {

    static Operand of(Matrix matrix) {
        return new Operand(
                matrix.type(),
                matrix.data(),
                0,
                matrix.type().rowBytes(matrix.columns()),
                matrix.rows(),
                matrix.columns());
    }

    static Operand of(Tensor tensor) {
        return of(tensor.data(), tensor.rows(), tensor.columns());
    }

    /** A gapless float matrix at the start of the memory. */
    static Operand of(MemorySegment data, int rows, int columns) {
        return new Operand(DataType.F32, data, 0, 4L * columns, rows, columns);
    }

    /** Part of a tensor. */
    static Operand part(Tensor tensor, int firstRow, int rows, int firstColumn, int columns) {
        long rowBytes = 4L * tensor.columns();
        return new Operand(
                DataType.F32, tensor.data(), firstRow * rowBytes + 4L * firstColumn, rowBytes, rows, columns);
    }

    long row(int index) {
        return offset + index * rowBytes;
    }
}
