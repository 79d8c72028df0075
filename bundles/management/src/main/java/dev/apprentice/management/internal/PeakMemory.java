package dev.apprentice.management.internal;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.nio.file.Files;
import java.nio.file.Path;

/** The most memory this process has held: resident where the kernel says so (Linux), else the Java heap alone. */
final class PeakMemory {
    private static final Path KERNEL = Path.of("/proc/self/status");
    private static final String FIELD = "VmHWM:";

    private PeakMemory() {}

    static long mebibytes() {
        try {
            if (Files.isReadable(KERNEL)) {
                for (String line : Files.readAllLines(KERNEL)) {
                    if (line.startsWith(FIELD)) {
                        return Long.parseLong(line.substring(FIELD.length())
                                        .replace("kB", "")
                                        .strip())
                                >> 10;
                    }
                }
            }
        } catch (IOException _) {
            // Then the heap has to do.
        }
        long bytes = 0;
        for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
            bytes += pool.getPeakUsage().getUsed();
        }
        return bytes >> 20;
    }
}
