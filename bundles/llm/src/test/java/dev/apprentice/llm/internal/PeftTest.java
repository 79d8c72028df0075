package dev.apprentice.llm.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.apprentice.compute.DataType;
import dev.apprentice.model.Adapter;
import dev.apprentice.model.AdapterFiles;
import dev.apprentice.model.AdapterKind;
import dev.apprentice.model.AdapterSpec;
import dev.apprentice.model.ModelException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PeftTest {
    private final LlamaModel model = TestModel.load(DataType.BF16);
    private final Adapter adapter = TestModel.goldenAdapter(model);
    private final AdapterFiles files = model.writeAdapter(adapter);

    private static AdapterFiles withConfig(AdapterFiles files, String old, String replacement) {
        String config = new String(files.config(), StandardCharsets.UTF_8);
        assertThat(config).contains(old);
        return new AdapterFiles(config.replace(old, replacement).getBytes(StandardCharsets.UTF_8), files.tensors());
    }

    /** Same-length replacement in the header, read as Latin-1 so that no other byte changes. */
    private static AdapterFiles withHeader(AdapterFiles files, String old, String replacement) {
        String tensors = new String(files.tensors(), StandardCharsets.ISO_8859_1);
        assertThat(tensors).contains(old);
        assertThat(replacement).hasSameSizeAs(old);
        return new AdapterFiles(
                files.config(), tensors.replace(old, replacement).getBytes(StandardCharsets.ISO_8859_1));
    }

    private void assertRefused(AdapterFiles bad, String reason) {
        assertThatThrownBy(() -> model.readAdapter(bad))
                .isInstanceOfSatisfying(
                        ModelException.class, e -> assertThat(e.code()).isEqualTo(ModelException.Code.BAD_ADAPTER))
                .hasMessageContaining(reason);
    }

    @Test
    void whatIsWrittenIsReadBackWithTheSameDigest() {
        assertThat(model.readAdapter(files).digest()).isEqualTo(adapter.digest());
        AdapterSpec some = new AdapterSpec(3, 5, List.of("down_proj", "k_proj"));
        Adapter fresh = model.freshAdapter(some, 5);
        assertThat(model.readAdapter(model.writeAdapter(fresh)).digest()).isEqualTo(fresh.digest());
    }

    @Test
    void everyKindComesBackAsItWas() {
        LlamaModel tiny = TinyModel.QWEN_2.load();
        for (AdapterSpec spec : TestSpecs.ALL) {
            Adapter written = tiny.freshAdapter(spec, 9);
            Adapter read = tiny.readAdapter(tiny.writeAdapter(written));
            assertThat(read.spec()).isEqualTo(spec);
            assertThat(read.digest()).isEqualTo(written.digest());
            assertThat(read.values().mismatch(written.values())).isEqualTo(-1);
        }
    }

    /** As PEFT writes it: settings in other words, most of them without meaning here. */
    @Test
    void defaultsHoldAndUnknownSettingsAreIgnored() {
        LlamaModel tiny = TinyModel.QWEN_2.load();
        Adapter plain = tiny.freshAdapter(new AdapterSpec(8, 8, List.of("q_proj", "v_proj")), 1);
        String minimal = "{\"peft_type\": \"LORA\", \"target_modules\": null, \"some_new_setting\": {\"x\": 1},"
                + " \"init_lora_weights\": true, \"layers_pattern\": [], \"base_model_digest\": \"%s\"}";
        Adapter read = tiny.readAdapter(new AdapterFiles(
                minimal.formatted(tiny.info().digest()).getBytes(StandardCharsets.UTF_8),
                tiny.writeAdapter(plain).tensors()));
        assertThat(read.digest()).isEqualTo(plain.digest());

        Adapter factors = tiny.freshAdapter(
                new AdapterSpec(
                        new AdapterKind.Ia3(List.of("down_proj")), List.of("q_proj", "v_proj", "down_proj"), List.of()),
                1);
        String ia3 = "{\"peft_type\": \"IA3\", \"base_model_digest\": \"%s\"}";
        assertThat(tiny.readAdapter(new AdapterFiles(
                                ia3.formatted(tiny.info().digest()).getBytes(StandardCharsets.UTF_8),
                                tiny.writeAdapter(factors).tensors()))
                        .digest())
                .isEqualTo(factors.digest());
    }

    /** A pattern reaches every module that ends with its name; the first that fits counts. */
    @Test
    void patternsMeanWhatPeftMeans() {
        LlamaModel tiny = TinyModel.QWEN_2.load();
        String config = """
            {"peft_type": "LORA", "r": 3, "lora_alpha": 2, "use_rslora": true, "target_modules": ["up_proj", "q_proj"],
            "layers_to_transform": [2, 1], "base_model_digest": "%s",
            "rank_pattern": {"^model.layers.1.mlp.up_proj": 1, "mlp.up_proj": 4, "up_proj": 7},
            "alpha_pattern": {"1.mlp.up_proj": 5}}\
            """;
        Adapter written = tiny.freshAdapter(TestSpecs.RS_LORA, 9);
        Adapter read = tiny.readAdapter(new AdapterFiles(
                config.formatted(tiny.info().digest()).getBytes(StandardCharsets.UTF_8),
                tiny.writeAdapter(written).tensors()));
        assertThat(read.spec()).isEqualTo(TestSpecs.RS_LORA);
        assertThat(read.digest()).isEqualTo(written.digest());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "sha256:|sha256:00|is for the base model",
                "\"base_model_digest\"|\"someone\"|base_model_digest is missing",
                "\"r\" : 4|\"r\" : 8|but expected is [8, 384]",
                "\"r\" : 4|\"r\" : 0|rank of 1 to 256",
                "\"r\" : 4|\"r\" : 4.5|whole number",
                "\"LORA\"|\"LOHA\"|only LORA and IA3",
                "\"LORA\"|\"IA3\"|lacks the tensor base_model.model.model.layers.0.self_attn.q_proj.ia3_l",
                "\"use_dora\" : false|\"use_dora\" : true|lora_magnitude_vector",
                "\"use_rslora\" : false|\"use_rslora\" : 1|use_rslora = 1",
                "\"r\" : 4|\"r\" : 4, \"use_mora\" : true|use_mora",
                "\"modules_to_save\" : null|\"modules_to_save\" : [\"lm_head\"]|modules_to_save",
                "\"bias\" : \"none\"|\"bias\" : \"lora_only\"|only none is supported",
                "\"r\" : 4|\"r\" : 4, \"init_lora_weights\" : \"pissa_niter_4\"|init_lora_weights",
                "\"rank_pattern\" : { }|\"rank_pattern\" : {\"q_proj\": 2}|but expected is [2, 384]",
                "\"rank_pattern\" : { }|\"rank_pattern\" : {\"q_.*\": 2}|only names of modules",
                "\"alpha_pattern\" : { }|\"alpha_pattern\" : {\"q_proj\": -2}|positive alpha",
                "\"layers_to_transform\" : null|\"layers_to_transform\" : [0, 8]|numbers below 8",
                "\"layers_to_transform\" : null|\"layers_to_transform\" : [0, 7]|no part of",
                "\"r\" : 4|\"r\" : 4, \"layers_pattern\" : \"blocks\"|layers_pattern",
                "\"r\" : 4|\"r\" : 4, \"r\" : 4|Duplicate",
                "\"up_proj\", |''|no part of",
                "\"up_proj\"|\"lm_head\"|targets among",
                "\"up_proj\"|\"layers.3.mlp.up_proj\"|must have the same linear layers",
                "\"up_proj\"|\"q_proj\"|twice",
            })
    void configurationsThatDoNotFitAreRefused(String old, String replacement, String reason) {
        assertRefused(withConfig(files, old, replacement), reason);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "layers.0.self_attn.q_proj.lora_A|layers.0.self_attn.x_proj.lora_A|lacks the tensor",
                "layers.1.self_attn.q_proj.lora_A|layers.0.self_attn.q_proj.lora_A|uplicate",
                "[4,384],\"data_offsets\":[0,6144]|[384,4],\"data_offsets\":[0,6144]|but expected is [4, 384]",
                "[4,384],\"data_offsets\":[0,6144]|[4,385],\"data_offsets\":[0,6144]|takes 6160",
                "[4,384],\"data_offsets\":[0,6144]|[4,384],\"data_offsets\":[8,6152]|hole or an overlap",
                "\"F32\",\"shape\":[4,384],\"data_offsets\":[0,6144]|\"F64\",\"shape\":[4,384],\"data_offsets\":[0,6144]|which"
                        + " is not read",
            })
    void headersThatDoNotFitAreRefused(String old, String replacement, String reason) {
        assertRefused(withHeader(files, old, replacement), reason);
    }

    @Test
    void cutOffExtendedAndEmptyFilesAreRefused() {
        byte[] whole = files.tensors();
        assertRefused(new AdapterFiles(files.config(), Arrays.copyOf(whole, whole.length - 1)), "but holds only");
        assertRefused(
                new AdapterFiles(files.config(), Arrays.copyOf(whole, whole.length + 1)), "after its last tensor");
        assertRefused(new AdapterFiles(files.config(), Arrays.copyOf(whole, 1000)), "declares a header");
        assertRefused(new AdapterFiles(files.config(), new byte[0]), "has only 0 bytes");
    }

    @Test
    void headerLengthsThatOverflowAreRefused() {
        for (long length : new long[] {-1, Long.MIN_VALUE, Long.MAX_VALUE, 0, 99_000_000}) {
            byte[] bad = files.tensors().clone();
            MemorySegment.ofArray(bad).set(SafeTensors.LENGTH, 0, length);
            assertRefused(
                    new AdapterFiles(files.config(), bad), "declares a header of " + Long.toUnsignedString(length));
        }
    }

    @Test
    void notANumberIsRefused() {
        byte[] bad = files.tensors().clone();
        Arrays.fill(bad, bad.length - 4, bad.length, (byte) 0xff);
        assertRefused(new AdapterFiles(files.config(), bad), "holds NaN");
        float[] values = TestModel.floats(adapter.values());
        values[77] = Float.POSITIVE_INFINITY;
        assertThatThrownBy(() -> model.adapterOf(TestModel.SPEC, MemorySegment.ofArray(values)))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("Infinity at place 77");
        assertThatThrownBy(() -> model.adapterOf(TestModel.SPEC, MemorySegment.ofArray(new float[3])))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("has 3 values");
    }

    @Test
    void anAdapterOfAnotherBaseIsNotRun() {
        Adapter foreign = new Adapter(adapter.spec(), "sha256:other", adapter.digest(), adapter.values());
        assertThatThrownBy(() -> model.score(new int[] {1, 2}, 1, foreign))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("sha256:other");
    }
}
