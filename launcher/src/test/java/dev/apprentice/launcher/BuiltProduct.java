package dev.apprentice.launcher;

import dev.apprentice.launcher.client.ApiClient;
import dev.apprentice.launcher.client.Connection;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs the command line of the distribution as it was built, each time in a process of its own. */
final class BuiltProduct {
    static final Path DISTRIBUTION = Path.of("target", "apprentice").toAbsolutePath();

    private BuiltProduct() {}

    /** What a finished command left. */
    record Result(int exit, String output, String errors) {}

    static Result run(Duration limit, String... arguments) throws IOException, InterruptedException {
        return run(Map.of(), limit, arguments);
    }

    /** The same with more environment variables. */
    static Result run(Map<String, String> environment, Duration limit, String... arguments)
            throws IOException, InterruptedException {
        Path output = Files.createTempFile("apprentice", ".out");
        Path errors = Files.createTempFile("apprentice", ".err");
        ProcessBuilder builder = builder(arguments);
        builder.environment().putAll(environment);
        Process process = builder.redirectOutput(output.toFile())
                .redirectError(errors.toFile())
                .start();
        if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
            process.destroyForcibly().waitFor();
            throw new AssertionError(
                    List.of(arguments) + " took longer than " + limit + ": " + Files.readString(errors));
        }
        Result result = new Result(process.exitValue(), Files.readString(output), Files.readString(errors));
        Files.delete(output);
        Files.delete(errors);
        return result;
    }

    /** Starts {@code apprentice start} on any free port; its output is appended to {@code start.log} of the home's parent. */
    static Process start(Path home) throws IOException {
        File log = home.resolveSibling("start.log").toFile();
        return builder("start", "--home", home.toString(), "--port", "0")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log))
                .start();
    }

    /** Waits until the platform of this process answers. */
    static ApiClient await(Process process, Path home) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(90);
        while (System.nanoTime() < deadline && process.isAlive()) {
            var client = Connection.running(home)
                    .filter(any -> Connection.process(home)
                            .map(ProcessHandle::pid)
                            .filter(pid -> pid == process.pid())
                            .isPresent());
            if (client.isPresent()) {
                try {
                    client.get().get("/api/skills");
                    return client.get();
                } catch (RuntimeException e) {
                    // it listens, but not every room has contributed its routes yet
                }
            }
            Thread.sleep(20);
        }
        throw new AssertionError("The platform did not come up; it said: " + read(home.resolveSibling("start.log")));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ProcessBuilder builder(String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "@" + Path.of("jvm.options").toAbsolutePath(),
                "-Dapprentice.distribution=" + DISTRIBUTION,
                "-Xmx1g",
                "-cp",
                DISTRIBUTION.resolve("lib") + File.separator + "*",
                "dev.apprentice.launcher.Main"));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command);
    }
}
