package dev.apprentice.llm.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.apprentice.compute.DataType;
import dev.apprentice.llm.Models;
import dev.apprentice.model.ModelException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Models that are not loaded, each with a reason that names the file and what is wrong with it. */
class BadModelTest {
    @TempDir
    Path folder;

    @BeforeEach
    void copyTheModel() throws IOException {
        for (String name : new String[] {ModelFiles.CONFIG, ModelFiles.WEIGHTS, ModelFiles.TOKENIZER}) {
            Files.copy(TestModel.DIRECTORY.resolve(name), folder.resolve(name));
        }
    }

    private void assertRefused(String... reasons) {
        assertThatThrownBy(() -> Models.load(folder, DataType.BF16, TestModel.KERNELS))
                .isInstanceOfSatisfying(
                        ModelException.class, e -> assertThat(e.code()).isEqualTo(ModelException.Code.BAD_MODEL))
                .hasMessageContainingAll(reasons);
    }

    private void replace(String file, String old, String replacement) throws IOException {
        Path path = folder.resolve(file);
        String text = Files.readString(path, StandardCharsets.ISO_8859_1);
        assertThat(text).contains(old);
        Files.writeString(path, text.replaceFirst(Pattern.quote(old), replacement), StandardCharsets.ISO_8859_1);
    }

    @ParameterizedTest
    @ValueSource(strings = {ModelFiles.CONFIG, ModelFiles.WEIGHTS, ModelFiles.TOKENIZER})
    void missingFilesAreNamed(String name) throws IOException {
        Files.delete(folder.resolve(name));
        assertRefused(name, "There is no file");
    }

    @ParameterizedTest
    @ValueSource(strings = {ModelFiles.CONFIG, ModelFiles.WEIGHTS, ModelFiles.TOKENIZER})
    void truncatedFilesAreNamed(String name) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(folder.resolve(name).toFile(), "rw")) {
            file.setLength(file.length() / 2);
        }
        assertRefused(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {ModelFiles.CONFIG, ModelFiles.WEIGHTS, ModelFiles.TOKENIZER})
    void foreignFilesAreNamed(String name) throws IOException {
        Files.writeString(folder.resolve(name), "GIF89a, which is none of what was asked for");
        assertRefused(name);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "LlamaForCausalLM|MambaForCausalLM|MambaForCausalLM",
                "\"hidden_size\": 384|\"hidden_size\": 416|[8192, 384], but expected is [8192, 416]",
                "\"intermediate_size\": 1024|\"intermediate_size\": 1056|expected is [1056, 384]",
                "\"num_hidden_layers\": 8|\"num_hidden_layers\": 9|lacks the tensor model.layers.8",
                "\"num_hidden_layers\": 8|\"num_hidden_layers\": 7|holds the tensor model.layers.7",
                "\"num_key_value_heads\": 2|\"num_key_value_heads\": 4|divisible",
                "\"num_key_value_heads\": 2|\"num_key_value_heads\": 3|expected is [192, 384]",
                "\"head_dim\": 64|\"head_dim\": 32|expected is [192, 384]",
                "\"head_dim\": 64|\"head_dim\": -64|head_dim",
                "\"num_attention_heads\": 6|\"num_attention_heads\": 0|num_attention_heads",
                "\"vocab_size\": 8192|\"vocab_size\": 8193|expected is [8193, 384]",
                "\"tie_word_embeddings\": true|\"tie_word_embeddings\": false|lm_head.weight",
                "\"eos_token_id\": 8184|\"eos_token_id\": 9000|eos_token_id",
                "\"rope_theta\": 10000.0|\"rope_theta\": -1|rope_theta",
                "\"rope_theta\": 10000.0|\"rope_scaling\": {\"factor\": 8}|rope_scaling",
                "\"hidden_act\": \"silu\"|\"hidden_act\": \"gelu\"|hidden_act",
                "\"attention_bias\": false|\"attention_bias\": true|self_attn.q_proj.bias",
            })
    void configurationsThatDisagreeAreRefused(String old, String replacement, String reason) throws IOException {
        replace(ModelFiles.CONFIG, old, replacement);
        assertRefused(reason);
    }

    @Test
    void aTokenizerOfAnotherVocabularyIsRefused() throws IOException {
        replace(ModelFiles.TOKENIZER, "\"<|pad|>\"", "\"<|new|>\"");
        assertRefused(ModelFiles.TOKENIZER);
    }

    @Test
    void weightsThatAreNotNumbersAreRefused() throws IOException {
        try (RandomAccessFile file =
                new RandomAccessFile(folder.resolve(ModelFiles.WEIGHTS).toFile(), "rw")) {
            file.seek(file.length() - 2);
            file.write(new byte[] {(byte) 0xc0, 0x7f});
        }
        assertRefused(ModelFiles.WEIGHTS, "NaN");
    }

    @Test
    void theDigestIsThatOfTheWeights() throws IOException {
        String digest =
                Models.load(folder, DataType.Q4_0, TestModel.KERNELS).info().digest();
        assertThat(digest).isEqualTo(Digests.of(Files.readAllBytes(folder.resolve(ModelFiles.WEIGHTS))));
        assertThat(digest).isEqualTo(TestModel.load(DataType.BF16).info().digest());
    }
}
