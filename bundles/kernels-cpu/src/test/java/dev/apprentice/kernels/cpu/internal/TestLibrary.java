package dev.apprentice.kernels.cpu.internal;

import dev.apprentice.compute.DataType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The native library for tests: it must be there wherever it can be built and run. */
final class TestLibrary {
    private TestLibrary() {}

    /** Whether this machine has a C compiler and the instructions; then a library that does not load is a failure. */
    static boolean runsHere() throws IOException {
        Path processor = Path.of("/proc/cpuinfo");
        boolean compiler = Files.isExecutable(Path.of("/usr/bin/cc"));
        return compiler
                && Files.exists(processor)
                && Files.readString(processor).matches("(?s).*\\bavx512_bf16\\b.*")
                && Files.readString(processor).matches("(?s).*\\bavx512vbmi\\b.*");
    }

    static NativeLibrary load() {
        return load(MatrixUnit.TILES);
    }

    static NativeLibrary load(MatrixUnit best) {
        try {
            return NativeLibrary.load(Path.of(System.getProperty("java.io.tmpdir")), best);
        } catch (NativeLibrary.Unavailable e) {
            throw new AssertionError(e);
        }
    }

    /**
     * Six standard deviations of the error of one term w·x where both are spread evenly over −1…1, so that their root mean square is
     * 0.58. Activations of 8 bits: steps of 1/127 are off by 1/127/√12 = 0.0023, times 0.58 for w. BF16: numbers are off by 0.0011 of
     * themselves, for one or two factors at most 0.0011 · √2 · 0.58 · 0.58.
     */
    static double roundingPerTerm(DataType type, int tokens) {
        boolean few = tokens <= Products.MOST_TOKENS;
        return switch (type) {
            case BF16 -> few ? 0 : 6 * 0.0005;
            case Q8_0, Q4_0 -> few ? 6 * 0.0013 : 6 * 0.0005;
            default -> 0;
        };
    }
}
