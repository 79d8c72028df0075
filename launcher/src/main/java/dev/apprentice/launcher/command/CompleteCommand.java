package dev.apprentice.launcher.command;

import dev.apprentice.launcher.LauncherException;
import dev.apprentice.launcher.client.Connection;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Completes a text and prints the answer as it comes. */
@Command(name = "complete", description = "Complete a text.", mixinStandardHelpOptions = true)
final class CompleteCommand implements Callable<Integer> {
    @Mixin
    private HomeOption home = new HomeOption();

    @Mixin
    private JsonOption output = new JsonOption();

    @Option(names = "--skill", paramLabel = "ID", description = "The skill that answers (default: the base model).")
    private @Nullable String skill;

    @Option(names = "--max-tokens", description = "At most so many tokens (default: ${DEFAULT-VALUE}).")
    private int maxTokens = 64;

    @Option(names = "--temperature", description = "0 is greedy (default: the skill's).")
    private @Nullable Double temperature;

    @Option(names = "--seed", description = "Same seed, same text.")
    private @Nullable Long seed;

    @Parameters(paramLabel = "TEXT", description = "The text, or - to read standard input.")
    private String text = "";

    @Override
    public Integer call() {
        try (Connection connection = home.connect()) {
            Map<String, Object> request = new LinkedHashMap<>();
            request.put(
                    "model",
                    skill == null
                            ? connection
                                    .client()
                                    .get("/api/status")
                                    .path("model")
                                    .path("name")
                                    .asString()
                            : skill);
            request.put("prompt", text.equals("-") ? standardInput() : text);
            request.put("max_tokens", maxTokens);
            if (temperature != null) {
                request.put("temperature", temperature);
            }
            if (seed != null) {
                request.put("seed", seed);
            }
            if (output.json) {
                JsonNode answer = connection.client().post("/v1/completions", request);
                output.print(answer, ignored -> {});
                return 0;
            }
            request.put("stream", true);
            connection.client().complete(request, piece -> {
                System.out.print(piece);
                System.out.flush();
            });
            System.out.println();
        }
        return 0;
    }

    private static String standardInput() {
        try {
            return new String(System.in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new LauncherException("Standard input cannot be read: " + e.getMessage(), e);
        }
    }
}
