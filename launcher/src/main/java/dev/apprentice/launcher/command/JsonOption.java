package dev.apprentice.launcher.command;

import java.util.function.Consumer;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The option to print one JSON value on standard output in place of text. */
final class JsonOption {
    @Option(names = "--json", description = "Print JSON on standard output, progress on standard error.")
    boolean json;

    /** Prints the value itself or what {@code text} makes of it. */
    void print(JsonNode value, Consumer<JsonNode> text) {
        if (json) {
            System.out.println(
                    JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(value));
        } else {
            text.accept(value);
        }
    }
}
