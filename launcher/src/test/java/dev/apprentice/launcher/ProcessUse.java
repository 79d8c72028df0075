package dev.apprentice.launcher;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * What a Java process holds after full garbage collections (Linux).
 *
 * @param residentMiB the least after several, as the process goes on working
 * @param bundleLoaders class loaders of bundles
 */
record ProcessUse(int files, int threads, long residentMiB, long bundleLoaders, long classes) {
    private static final int COLLECTIONS = 3;
    private static final String BUNDLE_LOADER = "org.apache.felix.framework.BundleWiringImpl$BundleClassLoader";

    static ProcessUse of(long pid) throws IOException, InterruptedException {
        Path process = Path.of("/proc", Long.toString(pid));
        String histogram = histogram(pid);
        long resident = residentMiB(process.resolve("status"));
        for (int i = 1; i < COLLECTIONS; i++) { // memory outside the heap is freed some time after a collection
            Thread.sleep(500);
            histogram = histogram(pid);
            resident = Math.min(resident, residentMiB(process.resolve("status")));
        }
        return new ProcessUse(
                entries(process.resolve("fd")),
                entries(process.resolve("task")),
                resident,
                instances(histogram, BUNDLE_LOADER),
                instances(histogram, "java.lang.Class"));
    }

    /** Of live objects only: the tool collects garbage first. */
    private static String histogram(long pid) throws IOException, InterruptedException {
        Process tool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                        Long.toString(pid),
                        "GC.class_histogram")
                .redirectErrorStream(true)
                .start();
        String output = new String(tool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!tool.waitFor(60, TimeUnit.SECONDS) || tool.exitValue() != 0) {
            throw new AssertionError("jcmd did not count the classes of process " + pid + ": " + output);
        }
        return output;
    }

    private static long instances(String histogram, String type) {
        return histogram
                .lines()
                .map(line -> line.strip().split("\\s+"))
                .filter(fields -> fields.length >= 4 && fields[3].equals(type))
                .mapToLong(fields -> Long.parseLong(fields[1]))
                .findFirst()
                .orElseThrow(() -> new AssertionError("No " + type + " in the histogram: "
                        + histogram.lines().limit(5).toList()));
    }

    private static int entries(Path folder) {
        try (Stream<Path> entries = Files.list(folder)) {
            return (int) entries.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long residentMiB(Path status) throws IOException {
        try (Stream<String> lines = Files.lines(status)) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                            .findFirst()
                            .orElseThrow()
                    / 1024;
        }
    }
}
