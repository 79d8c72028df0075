package dev.apprentice.kernels.cpu;

import java.util.Arrays;
import java.util.Locale;

/** Which of this module's kernels run; each falls back to the next where it cannot. */
public enum KernelsChoice {
    /** Matrix products in C, the rest with the Vector API. */
    NATIVE,
    /** All with the Vector API. */
    VECTOR,
    /** Plain loops: the tests' oracle. */
    SCALAR;

    /** Reads a setting; one that is none of {@code native}, {@code vector}, {@code scalar} is refused. */
    public static KernelsChoice parse(String key, String setting) {
        return Arrays.stream(values())
                .filter(choice -> choice.name().toLowerCase(Locale.ROOT).equals(setting.strip()))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        key + " is '" + setting + "': set native, vector or scalar, or leave it out"));
    }
}
