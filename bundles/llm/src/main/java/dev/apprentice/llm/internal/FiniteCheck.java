package dev.apprentice.llm.internal;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import dev.apprentice.compute.DataType;
import java.lang.foreign.MemorySegment;
import java.util.OptionalLong;

/** Looks for NaN and infinity in stored weights; of blocks only the scales are looked at, since all else is whole numbers. */
final class FiniteCheck {
    private FiniteCheck() {}

    /** The index of the first block that holds no numbers, if there is one. */
    static OptionalLong firstBad(DataType type, MemorySegment data) {
        return switch (type) {
            case F32 -> {
                for (long at = 0; at < data.byteSize(); at += 4) {
                    if ((data.get(JAVA_INT_UNALIGNED, at) & 0x7f80_0000) == 0x7f80_0000) {
                        yield OptionalLong.of(at / 4);
                    }
                }
                yield OptionalLong.empty();
            }
            case BF16 -> scan(data, 2, 0, 0x7f80);
            case F16 -> scan(data, 2, 0, 0x7c00);
            case Q8_0, Q4_0, Q4_G128 -> scan(data, type.blockBytes(), 0, 0x7c00);
            case Q4_1, Q4_K, Q5_K -> {
                OptionalLong scale = scan(data, type.blockBytes(), 0, 0x7c00);
                yield scale.isPresent() ? scale : scan(data, type.blockBytes(), 2, 0x7c00);
            }
            case Q6_K -> scan(data, type.blockBytes(), 208, 0x7c00);
        };
    }

    /** The first block whose half at the offset has all bits of the exponent. */
    private static OptionalLong scan(MemorySegment data, int step, int offset, int exponent) {
        for (long at = offset; at < data.byteSize(); at += step) {
            if ((data.get(JAVA_SHORT_UNALIGNED, at) & exponent) == exponent) {
                return OptionalLong.of(at / step);
            }
        }
        return OptionalLong.empty();
    }
}
