package dev.apprentice.llm.internal;

import dev.apprentice.model.Benchmark;
import dev.apprentice.model.ModelException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * llama.cpp's {@code llama-bench}, run on this machine as a process of its own.
 *
 * @param program what to run
 * @param threads how many it may use
 */
record LlamaBench(Path program, int threads) {
    private static final long LONGEST_MINUTES = 10;
    private static final int LONGEST_WORDS = 400;

    LlamaBench {
        if (!Files.isRegularFile(program) || !Files.isExecutable(program)) {
            throw new ModelException(
                    ModelException.Code.BAD_REQUEST,
                    program + " is not a program that can be run: name the llama-bench of a llama.cpp");
        }
    }

    /** One run that reads a prompt and then generates, either of which may be 0 tokens. */
    Benchmark.Peer run(Path model, int prompt, int generated) {
        try {
            Path output = Files.createTempFile("peer", ".json");
            Path errors = Files.createTempFile("peer", ".log");
            try {
                return parse(printed(model, prompt, generated, output, errors));
            } finally {
                Files.deleteIfExists(output);
                Files.deleteIfExists(errors);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String printed(Path model, int prompt, int generated, Path output, Path errors) throws IOException {
        Process process = new ProcessBuilder(List.of(
                        program.toString(),
                        "-m",
                        model.toString(),
                        "-p",
                        String.valueOf(prompt),
                        "-n",
                        String.valueOf(generated),
                        "-t",
                        String.valueOf(threads),
                        "-r",
                        "1",
                        "-o",
                        "json"))
                .redirectOutput(output.toFile())
                .redirectError(errors.toFile())
                .start();
        try {
            if (!process.waitFor(LONGEST_MINUTES, TimeUnit.MINUTES)) {
                throw fault("did not end within " + LONGEST_MINUTES + " minutes");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw fault("was interrupted");
        } finally {
            process.destroyForcibly();
        }
        if (process.exitValue() != 0) {
            String said = Files.readString(errors).strip();
            throw fault("ended with " + process.exitValue() + ": "
                    + said.substring(Math.max(0, said.length() - LONGEST_WORDS)));
        }
        return Files.readString(output);
    }

    /** Reads what {@code -o json} prints: an array of one test with its {@code avg_ts} in tokens a second. */
    private Benchmark.Peer parse(String json) {
        try {
            JsonNode test = Json.MAPPER.readTree(json).path(0);
            double speed = test.path("avg_ts").asDouble(0);
            if (!(speed > 0)) {
                throw fault("printed no avg_ts: use a llama-bench that knows -o json");
            }
            String build = test.path("build_commit").asString("");
            return new Benchmark.Peer(program.getFileName() + (build.isEmpty() ? "" : " " + build), speed);
        } catch (JacksonException e) {
            throw fault("printed what is not JSON: use a llama-bench that knows -o json");
        }
    }

    private ModelException fault(String what) {
        return new ModelException(ModelException.Code.BAD_REQUEST, program + " " + what);
    }
}
