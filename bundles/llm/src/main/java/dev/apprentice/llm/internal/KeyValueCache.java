package dev.apprentice.llm.internal;

import dev.apprentice.compute.DataType;
import dev.apprentice.compute.Matrix;
import dev.apprentice.compute.Quantizer;
import dev.apprentice.compute.Tensor;
import dev.apprentice.model.ModelException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/** Keys and values of one sequence in every layer, as they are stored; it grows with the sequence. Used by one thread at a time. */
final class KeyValueCache implements AutoCloseable {
    private final DataType type;
    private final int width;
    private final long rowBytes;
    private final int context;
    private Arena arena = Arena.ofShared();
    private List<Layer> layers = new ArrayList<>();
    private int capacity;
    private int length;

    /** Room for (capacity, keyValueHeads·headDim) keys and values each. */
    private record Layer(MemorySegment keys, MemorySegment values) {}

    KeyValueCache(ModelConfig config, DataType type) {
        this.type = type;
        this.width = config.attention().keyValueWidth();
        this.rowBytes = type.rowBytes(width);
        this.context = config.context();
        for (int layer = 0; layer < config.layers(); layer++) {
            layers.add(new Layer(MemorySegment.NULL, MemorySegment.NULL));
        }
    }

    /** Bytes that one token takes in all layers. */
    static long tokenBytes(ModelConfig config, DataType type) {
        return 2L * config.layers() * type.rowBytes(config.attention().keyValueWidth());
    }

    /** Number of tokens whose keys and values are here. */
    int length() {
        return length;
    }

    /** Makes room for a number of tokens, at least doubling so that growth costs little. */
    @SuppressWarnings("MustBeClosedChecker") // close() does
    void reserve(int tokens) {
        if (tokens <= capacity) {
            return;
        }
        int wanted = Math.min(Math.max(tokens, 2 * capacity), Math.max(tokens, context));
        Arena larger = Arena.ofShared();
        List<Layer> grown = new ArrayList<>();
        for (Layer layer : layers) {
            Layer room = new Layer(larger.allocate(wanted * rowBytes, 64), larger.allocate(wanted * rowBytes, 64));
            MemorySegment.copy(layer.keys(), 0, room.keys(), 0, length * rowBytes);
            MemorySegment.copy(layer.values(), 0, room.values(), 0, length * rowBytes);
            grown.add(room);
        }
        arena.close();
        arena = larger;
        layers = grown;
        capacity = wanted;
    }

    /** Stores the keys and values (n, width) of the tokens after the last; they count once {@link #advance} is called. */
    void put(int layer, Tensor keys, Tensor values) {
        store(layer, keys, layers.get(layer).keys());
        store(layer, values, layers.get(layer).values());
    }

    private void store(int layer, Tensor rows, MemorySegment target) {
        if (type == DataType.F32) {
            MemorySegment.copy(
                    rows.data(), 0, target, length * rowBytes, rows.data().byteSize());
            return;
        }
        float[] row = new float[width];
        for (int i = 0; i < rows.rows(); i++) {
            MemorySegment.copy(rows.data(), ValueLayout.JAVA_FLOAT, 4L * i * width, row, 0, width);
            try {
                Quantizer.write(row, type, target.asSlice((length + i) * rowBytes, rowBytes));
            } catch (IllegalArgumentException e) {
                throw new ModelException(
                        ModelException.Code.BAD_REQUEST,
                        "A key or value of layer " + layer + " cannot be held as " + type + " (" + e.getMessage()
                                + "): set apprentice.kv to F32",
                        e);
            }
        }
    }

    /** Counts tokens whose keys and values were stored in every layer. */
    void advance(int tokens) {
        length += tokens;
    }

    /** The first keys of a layer, among them those not counted yet. */
    Matrix keys(int layer, int count) {
        return new Matrix(type, count, width, layers.get(layer).keys().asSlice(0, count * rowBytes));
    }

    /** The first values of a layer, likewise. */
    Matrix values(int layer, int count) {
        return new Matrix(type, count, width, layers.get(layer).values().asSlice(0, count * rowBytes));
    }

    /** Copies what is known of some tokens out, to {@code count · tokenBytes}. */
    void copyOut(int from, int count, MemorySegment target) {
        long part = count * rowBytes;
        long at = 0;
        for (Layer layer : layers) {
            MemorySegment.copy(layer.keys(), from * rowBytes, target, at, part);
            MemorySegment.copy(layer.values(), from * rowBytes, target, at + part, part);
            at += 2 * part;
        }
    }

    /** Appends tokens that {@link #copyOut} has copied. */
    void copyIn(int count, MemorySegment source) {
        reserve(length + count);
        long part = count * rowBytes;
        long at = 0;
        for (Layer layer : layers) {
            MemorySegment.copy(source, at, layer.keys(), length * rowBytes, part);
            MemorySegment.copy(source, at + part, layer.values(), length * rowBytes, part);
            at += 2 * part;
        }
        advance(count);
    }

    @Override
    public void close() {
        arena.close();
    }
}
