package dev.apprentice.llm.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.apprentice.compute.DataType;
import dev.apprentice.model.ModelException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GenerationSettingsTest {
    @Test
    void whatIsNotSetHasTheDefaultsOfThePlatform() {
        assertThat(GenerationSettings.of(null, null)).isEqualTo(new GenerationSettings(DataType.F16, 256L << 20));
        assertThat(GenerationSettings.of("Q8_0", "0")).isEqualTo(new GenerationSettings(DataType.Q8_0, 0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"BF16", "f16", "", "Q4_0"})
    void otherTypesAreRefused(String type) {
        assertThatThrownBy(() -> GenerationSettings.of(type, null))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("apprentice.kv is " + type);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "1.5", "", "9999999", "99999999999"})
    void otherBudgetsAreRefused(String mebibytes) {
        assertThatThrownBy(() -> GenerationSettings.of(null, mebibytes))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("apprentice.prefix.cache is " + mebibytes);
    }
}
