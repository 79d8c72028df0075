package dev.apprentice.launcher.doctor;

import com.sun.management.OperatingSystemMXBean;
import dev.apprentice.launcher.Settings;
import dev.apprentice.launcher.client.ApiException;
import dev.apprentice.launcher.client.Connection;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** Examines the machine for what a platform with these settings needs. */
public final class Doctor {
    private static final int JAVA = 25;
    private static final long GIB = 1L << 30;
    private static final long MEMORY_NEEDED = 2 * GIB;
    private static final long DISK_NEEDED = GIB;

    private final Settings settings;

    public Doctor(Settings settings) {
        this.settings = settings;
    }

    /** Looks at everything; nothing is changed. */
    public List<Finding> examine() {
        return List.of(java(), vectors(), memory(), disk(), home(), port(), gpu());
    }

    private static Finding java() {
        Runtime.Version version = Runtime.version();
        return version.feature() >= JAVA
                ? Finding.ok("JDK", version.toString())
                : Finding.fault("JDK", version.toString(), "install a JDK " + JAVA + " and set JAVA_HOME to it");
    }

    private static Finding vectors() {
        boolean module = ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
        String features = cpuFeatures();
        return module
                ? Finding.ok("CPU", Runtime.getRuntime().availableProcessors() + " processors; " + features)
                : Finding.note(
                        "CPU",
                        "vector instructions are off",
                        "start with --add-modules=jdk.incubator.vector, as launcher/apprentice does");
    }

    private static String cpuFeatures() {
        Path info = Path.of("/proc/cpuinfo");
        try (Stream<String> lines = Files.lines(info)) {
            String flags =
                    lines.filter(line -> line.startsWith("flags")).findFirst().orElse("");
            List<String> known = Stream.of("avx2", "fma", "avx512f", "avx512_bf16", "avx512_vnni", "amx_tile")
                    .filter(flag -> flags.contains(flag))
                    .toList();
            return known.isEmpty() ? System.getProperty("os.arch") : String.join(" ", known);
        } catch (IOException e) {
            return System.getProperty("os.arch");
        }
    }

    private static Finding memory() {
        long free =
                ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getFreeMemorySize();
        long total =
                ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
        String found = gib(free) + " free of " + gib(total);
        return total >= MEMORY_NEEDED
                ? Finding.ok("memory", found)
                : Finding.fault(
                        "memory",
                        found,
                        "the embedded model needs " + gib(MEMORY_NEEDED) + ": close other programs or add memory");
    }

    private Finding disk() {
        Path place = existing(settings.home());
        try {
            long free = Files.getFileStore(place).getUsableSpace();
            return free >= DISK_NEEDED
                    ? Finding.ok("disk", gib(free) + " free at " + place)
                    : Finding.fault(
                            "disk",
                            gib(free) + " free at " + place,
                            "make room: learned states need about " + gib(DISK_NEEDED));
        } catch (IOException e) {
            return Finding.fault("disk", place + " cannot be examined: " + e.getMessage(), "choose another --home");
        }
    }

    private Finding home() {
        Path place = existing(settings.home());
        return Files.isWritable(place)
                ? Finding.ok("home", settings.home().toString())
                : Finding.fault("home", place + " is not writable", "change its owner, or choose another --home");
    }

    private Finding port() {
        int port = settings.httpPort();
        if (Connection.running(settings.home()).isPresent()) {
            return Finding.ok("port", "the platform of this home is running");
        }
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return Finding.ok("port", socket.getLocalPort() + " is free");
        } catch (IOException e) {
            return Finding.fault(
                    "port",
                    port + " is in use (" + e.getMessage() + ")",
                    "stop what uses it, or set http.port in " + Settings.FILE);
        }
    }

    private Finding gpu() {
        return Gpu.of(Path.of("/")).finding(settings.kernels(), kernelsInUse());
    }

    /** What the platform of this home says that it computes with, if it runs. */
    private Optional<String> kernelsInUse() {
        try {
            return Connection.running(settings.home())
                    .map(client -> client.get("/api/status").path("kernels").asString(""));
        } catch (ApiException e) {
            return Optional.empty();
        }
    }

    private static Path existing(Path path) {
        Path place = path.toAbsolutePath();
        while (!Files.exists(place) && place.getParent() != null) {
            place = place.getParent();
        }
        return place;
    }

    private static String gib(long bytes) {
        return String.format(Locale.ROOT, "%.1f GiB", (double) bytes / GIB);
    }
}
