package dev.apprentice.kernels.cpu.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.apprentice.kernels.cpu.KernelsChoice;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CpuKernelsComponentTest {

    @Test
    void threadsDefaultToTheProcessors() {
        assertThat(CpuKernelsComponent.threads(null))
                .isEqualTo(Runtime.getRuntime().availableProcessors());
        assertThat(CpuKernelsComponent.threads(" 3 ")).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "many", ""})
    void aSettingThatIsNoNumberOfThreadsIsRefused(String setting) {
        assertThatThrownBy(() -> CpuKernelsComponent.threads(setting))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("apprentice.threads");
    }

    @Test
    void theFastestKernelsAreTriedFirst() {
        assertThat(CpuKernelsComponent.choice(null)).isEqualTo(KernelsChoice.NATIVE);
        assertThat(CpuKernelsComponent.choice("vector")).isEqualTo(KernelsChoice.VECTOR);
        assertThat(CpuKernelsComponent.choice("cuda")).isEqualTo(KernelsChoice.NATIVE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "gpu", "Native?"})
    void aSettingThatNamesNoKernelsIsRefused(String setting) {
        assertThatThrownBy(() -> CpuKernelsComponent.choice(setting))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("apprentice.kernels is '" + setting + "'");
    }
}
