package dev.apprentice.llm.internal.gguf;

import dev.apprentice.compute.DataType;
import java.util.Arrays;
import java.util.Optional;

/** The ids of tensor types in files. */
final class GgufTypes {
    private GgufTypes() {}

    static Optional<DataType> of(int id) {
        return Arrays.stream(DataType.values()).filter(type -> id(type) == id).findFirst();
    }

    static int id(DataType type) {
        return switch (type) {
            case F32 -> 0;
            case F16 -> 1;
            case Q4_0 -> 2;
            case Q4_1 -> 3;
            case Q8_0 -> 8;
            case Q4_K -> 12;
            case Q5_K -> 13;
            case Q6_K -> 14;
            case BF16 -> 30;
            // not known to ggml, which therefore refuses the file by this number instead of misreading it
            case Q4_G128 -> 0x47313238;
        };
    }
}
