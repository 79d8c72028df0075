package dev.apprentice.learning.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The largest memory that this process had so far. */
final class PeakMemory {
    private static final Path STATUS = Path.of("/proc/self/status");

    private PeakMemory() {}

    /** Peak resident set in MiB where the system tells it, else the heap in use. */
    static long mebibytes() {
        if (Files.isReadable(STATUS)) {
            try (Stream<String> lines = Files.lines(STATUS)) {
                return lines.filter(line -> line.startsWith("VmHWM:"))
                        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
                        .findFirst()
                        .orElseGet(PeakMemory::heap);
            } catch (IOException unreadable) {
                return heap();
            }
        }
        return heap();
    }

    private static long heap() {
        return Runtime.getRuntime().totalMemory() >> 20;
    }
}
