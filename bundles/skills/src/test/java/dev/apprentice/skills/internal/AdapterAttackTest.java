package dev.apprentice.skills.internal;

import dev.apprentice.skills.SkillException.Code;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Adapters that do not fit, do not work or attack whoever reads them, in skills that are right in all else. */
class AdapterAttackTest extends AttackedShelf {
    private static final String TENSORS = "adapter/adapter_model.safetensors";
    private static final String CONFIG = "adapter/adapter_config.json";

    private static void refused(SkillJar jar, Code code, String reason) {
        Refused.with(shelf, TestShelf.signed(jar), code, reason);
    }

    private static byte[] tensors(SkillJar jar) {
        return Objects.requireNonNull(jar.files.get(TENSORS)).clone();
    }

    @Test
    void wrongBaseModelOrTokenizerIsRefused() {
        String base = TestModel.MODEL.info().digest();
        refused(
                new SkillJar("1.1.0").describe(base, "sha256:" + "0".repeat(64)),
                Code.INCOMPATIBLE,
                "made for the base");
        refused(
                new SkillJar("1.1.0")
                        .describe("\"id\":", "\"tokenizer\": {\"digest\": \"sha256:" + "0".repeat(64) + "\"}, \"id\":"),
                Code.INCOMPATIBLE,
                "tokenizer");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"\"r\"|\"r_was\"", "2|3", "q_proj|k_proj"})
    void rankOrLayersOtherThanTheTensorsAreRefused(String old, String replacement) {
        SkillJar jar = new SkillJar("1.1.0");
        String config = new String(Objects.requireNonNull(jar.files.get(CONFIG)), StandardCharsets.UTF_8);
        refused(jar.text(CONFIG, config.replace(old, replacement)), Code.INCOMPATIBLE, "");
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
    void whatIsNotANumberIsRefused(float value) {
        SkillJar jar = new SkillJar("1.1.0");
        byte[] tensors = tensors(jar);
        ByteBuffer.wrap(tensors).order(ByteOrder.LITTLE_ENDIAN).putFloat(tensors.length - 4, value);
        jar.files.put(TENSORS, tensors);
        refused(jar, Code.INCOMPATIBLE, "");
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, Long.MAX_VALUE, Integer.MAX_VALUE, 1L << 32, 0, 7})
    void headerLengthBeyondTheFileIsRefused(long length) {
        SkillJar jar = new SkillJar("1.1.0");
        byte[] tensors = tensors(jar);
        ByteBuffer.wrap(tensors).order(ByteOrder.LITTLE_ENDIAN).putLong(0, length);
        jar.files.put(TENSORS, tensors);
        refused(jar, Code.INCOMPATIBLE, "");
    }

    @Test
    void tensorsBeyondTheFileAreRefused() {
        SkillJar jar = new SkillJar("1.1.0");
        byte[] tensors = tensors(jar);
        jar.files.put(TENSORS, Arrays.copyOf(tensors, tensors.length - 4));
        refused(jar, Code.INCOMPATIBLE, "");
        jar.files.put(TENSORS, Arrays.copyOf(tensors, tensors.length + 4));
        refused(jar, Code.INCOMPATIBLE, "");
    }

    @Test
    void adapterWithoutEffectOrThatDoesHarmIsRefused() {
        refused(new SkillJar("1.1.0").adapter(0), Code.PROBE, "no effect");
        refused(new SkillJar("1.1.0").adapter(10), Code.PROBE, "worse");
    }
}
