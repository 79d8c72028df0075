package dev.apprentice.llm.internal;

import dev.apprentice.llm.internal.gguf.GgufFile;
import dev.apprentice.llm.internal.jinja.JinjaException;
import dev.apprentice.llm.internal.jinja.JinjaTemplate;
import dev.apprentice.model.ChatMessage;
import dev.apprentice.model.ModelException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import tools.jackson.databind.JsonNode;

/**
 * How a model wants conversations written, in the words of the file that it comes from.
 *
 * @param text Jinja, as Hugging Face renders it
 * @param begin the token that begins a text, empty if there is none
 * @param end the token that ends one, likewise
 */
record ChatTemplate(String text, String begin, String end) {
    private static final String ALONE = "chat_template.jinja";
    private static final String SETTINGS = "tokenizer_config.json";

    /** Of a model in Hugging Face layout: a file of its own, or a setting of the tokenizer. */
    static Optional<ChatTemplate> of(ModelFiles files) {
        JsonNode settings = files.has(SETTINGS)
                ? Json.object(
                        files.bytes(SETTINGS), what -> ModelBytes.fault(SETTINGS + " " + what + ": mend or remove it"))
                : Json.MAPPER.createObjectNode();
        Optional<String> text = files.has(ALONE)
                ? Optional.of(new String(files.bytes(ALONE), StandardCharsets.UTF_8))
                : setting(settings.path("chat_template"));
        return text.map(
                template -> new ChatTemplate(template, token(settings, "bos_token"), token(settings, "eos_token")));
    }

    /** Of a model in a GGUF file. */
    static Optional<ChatTemplate> of(GgufFile file) {
        return file.text("tokenizer.chat_template")
                .map(template -> new ChatTemplate(template, token(file, "bos"), token(file, "eos")));
    }

    /** One text, or several with names of which the default counts. */
    private static Optional<String> setting(JsonNode setting) {
        if (setting.isString()) {
            return Optional.of(setting.asString());
        }
        return setting.valueStream()
                .filter(named -> named.path("name").asString("").equals("default"))
                .map(named -> named.path("template").asString(""))
                .filter(template -> !template.isEmpty())
                .findFirst();
    }

    /** A token's spelling, which is a text or an object with one. */
    private static String token(JsonNode settings, String name) {
        JsonNode token = settings.path(name);
        return token.isString() ? token.asString() : token.path("content").asString("");
    }

    private static String token(GgufFile file, String name) {
        OptionalLong id = file.whole("tokenizer.ggml." + name + "_token_id");
        List<String> tokens = file.texts("tokenizer.ggml.tokens").orElse(List.of());
        return id.isPresent() && id.getAsLong() >= 0 && id.getAsLong() < tokens.size()
                ? tokens.get((int) id.getAsLong())
                : "";
    }

    /**
     * A conversation as this model reads it, up to where its answer begins.
     *
     * @throws ModelException if the template is not supported, or refuses the conversation
     */
    String render(List<ChatMessage> messages) {
        try {
            return JinjaTemplate.parse(text)
                    .render(Map.of(
                            "messages",
                            messages.stream()
                                    .map(message -> Map.of("role", message.role(), "content", message.content()))
                                    .toList(),
                            "add_generation_prompt",
                            true,
                            "bos_token",
                            begin,
                            "eos_token",
                            end));
        } catch (JinjaException e) {
            String message = switch (e.kind()) {
                case INPUT -> "The model's chat template refuses this conversation: " + e.getMessage();
                case TEMPLATE ->
                    "The model's chat template " + e.getMessage()
                            + ": write the prompt yourself and send it to /v1/completions";
            };
            throw new ModelException(ModelException.Code.BAD_REQUEST, message, e);
        }
    }
}
