package dev.apprentice.launcher.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the system says of NVIDIA cards.
 *
 * @param driver version of the driver in the kernel, such as 580.65.06; empty if there is none
 * @param library whether the library that programs call is where systems have it
 * @param cards their names; empty where the system does not say
 */
record Gpu(Optional<String> driver, boolean library, List<String> cards) {
    /** The first driver that reads what the kernels were compiled to (CUDA 10.2). */
    private static final int OLDEST_DRIVER = 440;

    private static final Pattern VERSION = Pattern.compile("Kernel Module(?: for \\S+)?\\s+(\\d+(?:\\.\\d+)+)");
    private static final Pattern MODEL = Pattern.compile("(?m)^Model:\\s*(.+?)\\s*$");
    private static final List<String> LIBRARIES = List.of(
            "usr/lib/x86_64-linux-gnu/libcuda.so.1",
            "usr/lib/aarch64-linux-gnu/libcuda.so.1",
            "usr/lib64/libcuda.so.1",
            "usr/lib/libcuda.so.1",
            "usr/lib/wsl/lib/libcuda.so.1");

    /** @param root of the file system */
    static Gpu of(Path root) {
        Path nvidia = root.resolve("proc/driver/nvidia");
        return new Gpu(
                read(nvidia.resolve("version")).flatMap(text -> first(VERSION, text)),
                LIBRARIES.stream().anyMatch(library -> Files.exists(root.resolve(library))),
                cards(nvidia.resolve("gpus")));
    }

    /**
     * @param kernels the setting
     * @param inUse what a running platform computes with
     */
    Finding finding(String kernels, Optional<String> inUse) {
        if (driver.isEmpty() && !library) {
            return kernels.equals("cuda")
                    ? Finding.fault(
                            "GPU",
                            "none, but kernels is cuda",
                            "install the NVIDIA driver if there is such a card, else set kernels=auto")
                    : Finding.ok("GPU", "none; the CPU is used");
        }
        String found = cards.isEmpty() ? "an NVIDIA card" : String.join(", ", cards);
        found += driver.map(version -> ", driver " + version).orElse("");
        if (driver.isPresent() && !library) {
            return Finding.note(
                    "GPU", found + "; not used", "install libcuda.so.1, which comes with the driver's libraries");
        }
        if (driver.isPresent() && major(driver.get()) < OLDEST_DRIVER) {
            return Finding.note("GPU", found + "; not used", "update the driver to " + OLDEST_DRIVER + " or newer");
        }
        if (!kernels.equals("auto") && !kernels.equals("cuda")) {
            return Finding.ok("GPU", found + "; not used, as kernels is " + kernels);
        }
        if (inUse.isEmpty()) {
            return Finding.ok("GPU", found + "; used from compute capability 7.5 (Turing) on");
        }
        return inUse.get().contains("compute capability")
                ? Finding.ok("GPU", found + "; used: " + inUse.get())
                : Finding.note("GPU", found + "; not used", "the log in the home says why, on the line with 'GPU: '");
    }

    private static int major(String version) {
        return Integer.parseInt(version.substring(0, version.indexOf('.')));
    }

    private static List<String> cards(Path gpus) {
        try (Stream<Path> folders = Files.list(gpus)) {
            return folders.sorted()
                    .flatMap(folder -> read(folder.resolve("information")).flatMap(text -> first(MODEL, text)).stream())
                    .collect(Collectors.toList());
        } catch (IOException e) {
            return List.of();
        }
    }

    private static Optional<String> first(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
    }

    private static Optional<String> read(Path file) {
        try {
            return Optional.of(Files.readString(file));
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
