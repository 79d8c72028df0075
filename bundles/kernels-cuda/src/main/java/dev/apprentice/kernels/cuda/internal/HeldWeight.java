package dev.apprentice.kernels.cuda.internal;

import dev.apprentice.compute.DataType;

/**
 * A weight (rows, columns) on the device, laid out as on the host.
 *
 * @param address on the device
 */
record HeldWeight(DataType type, int rows, int columns, long address) {
    long rowBytes() {
        return type.rowBytes(columns);
    }
}
