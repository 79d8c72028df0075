package dev.apprentice.llm.internal;

import dev.apprentice.compute.DataType;
import dev.apprentice.compute.Matrix;
import dev.apprentice.compute.Tensor;
import dev.apprentice.model.ModelException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The four-bit types whose codes can be chosen one by one. */
enum FourBitLayout {
    /** Groups of 32 around a zero in the middle of the codes. */
    Q4_0(DataType.Q4_0) {
        @Override
        FourBitGrid grid(float least, float most, float share) {
            // the end farther from zero takes the side that has one code more
            float extreme = -least > most ? least : most;
            return new FourBitGrid(FourBitGrid.half(extreme * share / -8), 8);
        }

        @Override
        void writeZero(FourBitGrid grid, MemorySegment block) {}
    },
    /** Groups of 128 with a zero of their own. */
    Q4_G128(DataType.Q4_G128) {
        @Override
        FourBitGrid grid(float least, float most, float share) {
            float step = FourBitGrid.half((most - least) * share / 15);
            return new FourBitGrid(step, step == 0 ? 0 : Math.clamp(Math.round(-least * share / step), 0, 15));
        }

        @Override
        void writeZero(FourBitGrid grid, MemorySegment block) {
            block.set(ValueLayout.JAVA_SHORT_UNALIGNED, 2, (short) grid.zero());
        }
    };

    /** Shares of the range of a group's weights that are tried for the range of its values. */
    private static final float[] SHARES = shares();

    private final DataType type;

    FourBitLayout(DataType type) {
        this.type = type;
    }

    /** The layout of a name; any other is refused. */
    static FourBitLayout parse(String name) {
        return Arrays.stream(values())
                .filter(layout -> layout.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new ModelException(
                        ModelException.Code.BAD_REQUEST,
                        "Cannot quantise to " + name + ": say "
                                + Arrays.stream(values()).map(Enum::name).collect(Collectors.joining(" or "))));
    }

    DataType type() {
        return type;
    }

    /** Number of weights that share a grid. */
    int group() {
        return type.blockElements();
    }

    /** The grid whose values best stand for the weights of one group, by their importance. */
    FourBitGrid best(float[] weights, float[] importance, int from) {
        float least = 0; // zero itself stays exact
        float most = 0;
        for (int i = from; i < from + group(); i++) {
            least = Math.min(least, weights[i]);
            most = Math.max(most, weights[i]);
        }
        FourBitGrid best = grid(least, most, 1);
        double smallest = best.error(weights, importance, from, group());
        for (float share : SHARES) {
            FourBitGrid candidate = grid(least, most, share).fitted(weights, importance, from, group());
            double error = candidate.error(weights, importance, from, group());
            if (error < smallest) {
                smallest = error;
                best = candidate;
            }
        }
        return best;
    }

    /** The nearest codes on the best grid of every group; the result lives as long as the arena. */
    Matrix quantise(Tensor weight, float[] importance, Arena arena) {
        Matrix result = allocate(weight.rows(), weight.columns(), arena);
        IntStream.range(0, weight.rows()).parallel().forEach(row -> {
            float[] weights = weight.rows(row, 1).data().toArray(ValueLayout.JAVA_FLOAT);
            byte[] codes = new byte[weights.length];
            FourBitGrid[] grids = grids(weights, importance);
            for (int i = 0; i < weights.length; i++) {
                codes[i] = (byte) grids[i / group()].code(weights[i]);
            }
            write(grids, codes, result.row(row));
        });
        return result;
    }

    /** Room for a matrix of this type, as long as the arena. */
    Matrix allocate(int rows, int columns, Arena arena) {
        return new Matrix(type, rows, columns, arena.allocate(rows * type.rowBytes(columns), 64));
    }

    /** The best grid of every group of a row. */
    FourBitGrid[] grids(float[] weights, float[] importance) {
        FourBitGrid[] grids = new FourBitGrid[weights.length / group()];
        for (int g = 0; g < grids.length; g++) {
            grids[g] = best(weights, importance, g * group());
        }
        return grids;
    }

    /** Stores a row: its codes by the grids of their groups. */
    void write(FourBitGrid[] grids, byte[] codes, MemorySegment row) {
        for (int g = 0; g < grids.length; g++) {
            write(grids[g], codes, g * group(), row.asSlice((long) g * type.blockBytes(), type.blockBytes()));
        }
    }

    /** Stores one group: its codes from {@code from} on into its block of {@code type().blockBytes()} bytes. */
    void write(FourBitGrid grid, byte[] codes, int from, MemorySegment block) {
        block.set(ValueLayout.JAVA_SHORT_UNALIGNED, 0, Float.floatToFloat16(grid.step()));
        writeZero(grid, block);
        long bytes = block.byteSize() - group() / 2;
        for (int run = 0; run < group(); run += 32) {
            for (int i = 0; i < 16; i++) {
                int low = codes[from + run + i];
                int high = codes[from + run + i + 16];
                block.set(ValueLayout.JAVA_BYTE, bytes + run / 2 + i, (byte) (low | high << 4));
            }
        }
    }

    /** The grid that spans a share of the range from {@code least} (at most 0) to {@code most} (at least 0). */
    abstract FourBitGrid grid(float least, float most, float share);

    abstract void writeZero(FourBitGrid grid, MemorySegment block);

    private static float[] shares() {
        float[] shares = new float[24];
        for (int i = 0; i < shares.length; i++) {
            shares[i] = 0.6f + 0.02f * i; // a little over 1 too: −8 and 7 need not be where the ends are
        }
        return shares;
    }
}
