package dev.apprentice.compute;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A {@link DataType#Q4_0} weight stored by its inputs instead of its outputs, so that a product need not read the weights of inputs that
 * are nought. The numbers are the same to the last bit, and so is the room they take.
 *
 * <p>128 outputs follow 128 outputs, the last filled up with zeros. Of these, 32 inputs follow 32 inputs: first the float16 scales of the
 * 128 outputs, which the block of 32 inputs shares; then 64 bytes for each input, byte b holding output b in its low nibble and b + 64
 * in its high one. The scale of output 64h + 16i + 4k + j stands at 64h + 16k + 4i + j: in that order the sums leave the instructions
 * that multiply four bytes of a lane at a time.
 *
 * @param data exactly {@link #bytes} of native memory
 */
public record InputMajorMatrix(int outputs, int inputs, MemorySegment data) {
    /** Outputs that lie together. */
    public static final int OUTPUTS = 128;

    /** Inputs that share the scales of their outputs. */
    public static final int INPUTS = 32;

    /** Bytes of one input's weights for {@link #OUTPUTS} outputs. */
    public static final int LINE_BYTES = OUTPUTS / 2;

    /** Bytes of the scales before the lines. */
    public static final int SCALE_BYTES = 2 * OUTPUTS;

    /** Bytes of {@link #INPUTS} inputs and {@link #OUTPUTS} outputs. */
    public static final int PANEL_BYTES = SCALE_BYTES + INPUTS * LINE_BYTES;

    public InputMajorMatrix {
        if (outputs <= 0 || inputs <= 0 || inputs % INPUTS != 0 || data.byteSize() != bytes(outputs, inputs)) {
            throw new IllegalArgumentException(
                    "A matrix of " + outputs + "x" + inputs + " by its inputs, which must be a" + " multiple of "
                            + INPUTS + ", does not have " + data.byteSize() + " bytes");
        }
    }

    /** Bytes that such a matrix takes. */
    public static long bytes(int outputs, int inputs) {
        return (long) Math.ceilDiv(outputs, OUTPUTS) * (inputs / INPUTS) * PANEL_BYTES;
    }

    /** Whether weights of a type can be stored like this. */
    public static boolean holds(DataType type) {
        return type == DataType.Q4_0;
    }

    /** A copy of a weight of a type that it {@link #holds}; it lives as long as the arena. */
    public static InputMajorMatrix of(Arena arena, Matrix weight) {
        if (!holds(weight.type())) {
            throw new IllegalArgumentException(weight.type() + " weights cannot be stored by their inputs: leave them");
        }
        int outputs = weight.rows();
        int inputs = weight.columns();
        InputMajorMatrix result =
                new InputMajorMatrix(outputs, inputs, arena.allocate(bytes(outputs, inputs), LINE_BYTES));
        for (int output = 0; output < outputs; output++) {
            MemorySegment row = weight.row(output);
            for (int panel = 0; panel < inputs / INPUTS; panel++) {
                result.take(row.asSlice((long) panel * DataType.Q4_0.blockBytes()), output, panel);
            }
        }
        return result;
    }

    /** Where the panel of an output and the inputs from {@code panel · 32} on begins. */
    public long panel(int output, int panel) {
        return ((long) output / OUTPUTS * (inputs / INPUTS) + panel) * PANEL_BYTES;
    }

    /** The scale of an output in a panel. */
    public float scale(long panel, int output) {
        return Float.float16ToFloat(data.get(JAVA_SHORT_UNALIGNED, panel + 2L * scalePlace(output)));
    }

    /** One weight. */
    public float get(int output, int input) {
        long panel = panel(output, input / INPUTS);
        int pair = data.get(JAVA_BYTE, line(panel, input) + output % LINE_BYTES) & 0xFF;
        int nibble = output % OUTPUTS < LINE_BYTES ? pair & 15 : pair >> 4;
        return (nibble - 8) * scale(panel, output);
    }

    /** Where the weights of an input begin in a panel. */
    public static long line(long panel, int input) {
        return panel + SCALE_BYTES + (long) LINE_BYTES * (input % INPUTS);
    }

    private static int scalePlace(int output) {
        int within = output % 16;
        int row = output % LINE_BYTES / 16;
        return output % OUTPUTS / LINE_BYTES * LINE_BYTES + 16 * (within / 4) + 4 * row + within % 4;
    }

    /** Takes over a block of Q4_0. */
    private void take(MemorySegment block, int output, int index) {
        long panel = panel(output, index);
        data.set(JAVA_SHORT_UNALIGNED, panel + 2L * scalePlace(output), block.get(JAVA_SHORT_UNALIGNED, 0));
        for (int i = 0; i < 16; i++) {
            int pair = block.get(JAVA_BYTE, 2 + i) & 0xFF;
            put(line(panel, i), output, pair & 15);
            put(line(panel, i + 16), output, pair >> 4);
        }
    }

    private void put(long line, int output, int nibble) {
        long at = line + output % LINE_BYTES;
        int shift = output % OUTPUTS < LINE_BYTES ? 0 : 4;
        data.set(JAVA_BYTE, at, (byte) (data.get(JAVA_BYTE, at) | nibble << shift));
    }
}
