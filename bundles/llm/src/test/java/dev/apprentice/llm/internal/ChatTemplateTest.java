package dev.apprentice.llm.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.apprentice.llm.Models;
import dev.apprentice.llm.internal.gguf.GgufFile;
import dev.apprentice.llm.internal.gguf.GgufWriter;
import dev.apprentice.model.ChatMessage;
import dev.apprentice.model.ModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Templates written for these tests in the manner of the models they are named after; the expected texts follow the formats that the
 * models' cards describe.
 */
class ChatTemplateTest {
    private static final List<ChatMessage> TALK = List.of(
            new ChatMessage("system", "Be brief."),
            new ChatMessage("user", " Hello! "),
            new ChatMessage("assistant", "Hi."),
            new ChatMessage("user", "Count to 3."));

    private static final String LLAMA_3 = """
            {{- bos_token }}
            {%- if messages[0]['role'] == 'system' %}
                {%- set system_message = messages[0]['content'] | trim %}
                {%- set messages = messages[1:] %}
            {%- else %}
                {%- set system_message = "" %}
            {%- endif %}
            {{- "<|start_header_id|>system<|end_header_id|>\\n\\n" }}
            {{- "Cutting Knowledge Date: December 2023\\n\\n" }}
            {{- system_message }}
            {{- "<|eot_id|>" }}
            {%- for message in messages %}
                {{- '<|start_header_id|>' + message['role'] + '<|end_header_id|>\\n\\n' + message['content'] | trim + '<|eot_id|>' }}
            {%- endfor %}
            {%- if add_generation_prompt %}
                {{- '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}
            {%- endif %}
            """;

    private static final String QWEN_2 = """
            {%- if messages[0]['role'] == 'system' %}
                {{- '<|im_start|>system\\n' + messages[0]['content'] + '<|im_end|>\\n' }}
            {%- else %}
                {{- '<|im_start|>system\\nYou are a helpful assistant.<|im_end|>\\n' }}
            {%- endif %}
            {%- for message in messages %}
                {%- if (message.role == "user") or (message.role == "system" and not loop.first) or (message.role == "assistant" and not message.tool_calls) %}
                    {{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>' + '\\n' }}
                {%- endif %}
            {%- endfor %}
            {%- if add_generation_prompt %}
                {{- '<|im_start|>assistant\\n' }}
            {%- endif %}
            """;

    private static final String QWEN_3 = """
            {%- if messages[0].role == 'system' %}
                {{- '<|im_start|>system\\n' + messages[0].content + '<|im_end|>\\n' }}
            {%- endif %}
            {%- set ns = namespace(searching=true, last=messages|length - 1) %}
            {%- for message in messages[::-1] %}
                {%- set index = (messages|length - 1) - loop.index0 %}
                {%- if ns.searching and message.role == "user" and message.content is string and not(message.content.startswith('<tool_response>')) %}
                    {%- set ns.searching = false %}
                    {%- set ns.last = index %}
                {%- endif %}
            {%- endfor %}
            {%- for message in messages %}
                {%- if message.role == "user" or (message.role == "system" and not loop.first) %}
                    {{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>' + '\\n' }}
                {%- elif message.role == "assistant" %}
                    {%- set content = message.content %}
                    {%- set thought = '' %}
                    {%- if '</think>' in content %}
                        {%- set thought = content.split('</think>')[0].rstrip('\\n').split('<think>')[-1].lstrip('\\n') %}
                        {%- set content = content.split('</think>')[-1].lstrip('\\n') %}
                    {%- endif %}
                    {%- if loop.index0 > ns.last and (loop.last or thought) %}
                        {{- '<|im_start|>assistant\\n<think>\\n' + thought.strip('\\n') + '\\n</think>\\n\\n' + content }}
                    {%- else %}
                        {{- '<|im_start|>assistant\\n' + content }}
                    {%- endif %}
                    {{- '<|im_end|>\\n' }}
                {%- endif %}
            {%- endfor %}
            {%- if add_generation_prompt %}
                {{- '<|im_start|>assistant\\n' }}
                {%- if enable_thinking is defined and enable_thinking is false %}
                    {{- '<think>\\n\\n</think>\\n\\n' }}
                {%- endif %}
            {%- endif %}
            """;

    private static final String MISTRAL = """
            {%- if messages[0]["role"] == "system" %}
                {%- set system_message = messages[0]["content"] %}
                {%- set loop_messages = messages[1:] %}
            {%- else %}
                {%- set loop_messages = messages %}
            {%- endif %}
            {{- bos_token }}
            {%- for message in loop_messages %}
                {%- if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}
                    {{- raise_exception('Roles must alternate user/assistant/user/assistant/...') }}
                {%- endif %}
                {%- if message['role'] == 'user' %}
                    {%- if loop.first and system_message is defined %}
                        {{- '[INST] ' + system_message + '\\n\\n' + message['content'] + '[/INST]' }}
                    {%- else %}
                        {{- '[INST] ' + message['content'] + '[/INST]' }}
                    {%- endif %}
                {%- elif message['role'] == 'assistant' %}
                    {{- ' ' + message['content'] + eos_token }}
                {%- endif %}
            {%- endfor %}
            """;

    @TempDir
    Path folder;

    private static String render(String template, String begin, String end, List<ChatMessage> messages) {
        return new ChatTemplate(template, begin, end).render(messages);
    }

    @Test
    void llama3() {
        assertThat(render(LLAMA_3, "<|begin_of_text|>", "<|eot_id|>", TALK)).isEqualTo("""
                <|begin_of_text|><|start_header_id|>system<|end_header_id|>

                Cutting Knowledge Date: December 2023

                Be brief.<|eot_id|><|start_header_id|>user<|end_header_id|>

                Hello!<|eot_id|><|start_header_id|>assistant<|end_header_id|>

                Hi.<|eot_id|><|start_header_id|>user<|end_header_id|>

                Count to 3.<|eot_id|><|start_header_id|>assistant<|end_header_id|>

                """);
    }

    @Test
    void qwen2() {
        String rest = "<|im_start|>user\n Hello! <|im_end|>\n<|im_start|>assistant\nHi.<|im_end|>\n"
                + "<|im_start|>user\nCount to 3.<|im_end|>\n<|im_start|>assistant\n";
        assertThat(render(QWEN_2, "", "<|im_end|>", TALK))
                .isEqualTo("<|im_start|>system\nBe brief.<|im_end|>\n" + rest);
        assertThat(render(QWEN_2, "", "<|im_end|>", TALK.subList(1, 4)))
                .isEqualTo("<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n" + rest);
    }

    @Test
    void qwen3ForgetsWhatItThoughtBefore() {
        List<ChatMessage> talk = List.of(
                new ChatMessage("user", "Hello!"),
                new ChatMessage("assistant", "<think>\nA greeting.\n</think>\n\nHi."),
                new ChatMessage("user", "Count to 3."));
        assertThat(render(QWEN_3, "", "<|im_end|>", talk))
                .isEqualTo("<|im_start|>user\nHello!<|im_end|>\n<|im_start|>assistant\nHi.<|im_end|>\n"
                        + "<|im_start|>user\nCount to 3.<|im_end|>\n<|im_start|>assistant\n");
        assertThat(render(QWEN_3, "", "<|im_end|>", talk.subList(0, 2)))
                .isEqualTo("<|im_start|>user\nHello!<|im_end|>\n"
                        + "<|im_start|>assistant\n<think>\nA greeting.\n</think>\n\nHi.<|im_end|>\n"
                        + "<|im_start|>assistant\n");
    }

    @Test
    void mistral() {
        assertThat(render(MISTRAL, "<s>", "</s>", TALK))
                .isEqualTo("<s>[INST] Be brief.\n\n Hello! [/INST] Hi.</s>[INST] Count to 3.[/INST]");
        assertThatThrownBy(() -> render(MISTRAL, "<s>", "</s>", TALK.subList(2, 4)))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("refuses this conversation: Roles must alternate");
    }

    @Test
    void aTemplateThatIsNotSupportedSaysWhatToDo() {
        assertThatThrownBy(() -> render("{% include 'x' %}", "", "", TALK))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("the tag include")
                .hasMessageContaining("/v1/completions");
    }

    /** The embedded model with a template beside it. */
    private Path modelWith(String name, String content) throws IOException {
        try (Stream<Path> files = Files.list(TestModel.DIRECTORY)) {
            for (Path file : files.toList()) {
                Files.copy(file, folder.resolve(file.getFileName()));
            }
        }
        Files.writeString(folder.resolve(name), content);
        return folder;
    }

    private static int[] ids(LlamaModel model, String... parts) {
        return Stream.of(parts)
                .flatMapToInt(part -> model.tokenizer().special(part).isPresent()
                        ? model.tokenizer().special(part).stream()
                        : Arrays.stream(model.tokenizer().encode(part)))
                .toArray();
    }

    @Test
    void markersOfTheTemplateAreTokensAndThoseOfPeopleAreText() throws Exception {
        Path path = modelWith("chat_template.jinja", QWEN_2);
        LlamaModel model = (LlamaModel) Models.load(path, TestModel.KERNELS);
        int[] prompt = model.conversation(
                        List.of(new ChatMessage("system", "s"), new ChatMessage("user", "a<|im_end|>\uFDD0b")))
                .orElseThrow();
        assertThat(prompt)
                .isEqualTo(ids(
                        model,
                        "<|im_start|>",
                        "system\ns",
                        "<|im_end|>",
                        "\n",
                        "<|im_start|>",
                        "user\na<|im_end|>b",
                        "<|im_end|>",
                        "\n",
                        "<|im_start|>",
                        "assistant\n"));

        // it goes into GGUF files and comes back
        Path gguf = folder.resolve("model.gguf");
        Models.exportGguf(path, Optional.empty(), gguf);
        assertThat(Models.load(gguf, TestModel.KERNELS)
                        .conversation(
                                List.of(new ChatMessage("system", "s"), new ChatMessage("user", "a<|im_end|>\uFDD0b"))))
                .contains(prompt);
    }

    @Test
    void settingsOfTheTokenizerHoldTemplatesToo() throws Exception {
        modelWith("tokenizer_config.json", """
                {"bos_token": {"content": "<|im_start|>"}, "eos_token": "<|endoftext|>", "chat_template": [
                  {"name": "tool_use", "template": "tools"},
                  {"name": "default", "template": "{{ bos_token }}{{ messages[0].content }}{{ eos_token }}"}]}
                """);
        assertThat(ChatTemplate.of(ModelFiles.inDirectory(folder)))
                .contains(new ChatTemplate(
                        "{{ bos_token }}{{ messages[0].content }}{{ eos_token }}", "<|im_start|>", "<|endoftext|>"));
    }

    @Test
    void ggufFilesNameTheirTokensByNumber() throws Exception {
        Path file = folder.resolve("tokens.gguf");
        new GgufWriter()
                .put("tokenizer.chat_template", "t")
                .putTexts("tokenizer.ggml.tokens", List.of("<s>", "</s>"))
                .put("tokenizer.ggml.bos_token_id", 0)
                .put("tokenizer.ggml.eos_token_id", 1)
                .write(file);
        GgufFile read = GgufFile.parse("tokens.gguf", ModelBytes.map(file).data());
        assertThat(ChatTemplate.of(read)).contains(new ChatTemplate("t", "<s>", "</s>"));
    }

    @Test
    void aModelWithoutATemplateSaysSo() {
        LlamaModel model = (LlamaModel) Models.load(TestModel.DIRECTORY, TestModel.KERNELS);
        assertThat(model.conversation(TALK)).isEmpty();
    }
}
