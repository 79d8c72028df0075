package dev.apprentice.launcher.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.apprentice.launcher.doctor.Finding.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GpuTest {
    private static final String OPEN =
            "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.65.06  Release Build\n";
    private static final String CLOSED = "NVRM version: NVIDIA UNIX x86_64 Kernel Module  390.157  Wed Oct 12\n";

    @TempDir
    private Path root;

    @Test
    void withoutADriverTheCpuIsUsed() {
        assertThat(Gpu.of(root).finding("auto", Optional.empty()))
                .isEqualTo(Finding.ok("GPU", "none; the CPU is used"));
        Finding asked = Gpu.of(root).finding("cuda", Optional.empty());
        assertThat(asked.verdict()).isEqualTo(Verdict.FAULT);
        assertThat(asked.remedy()).contains("NVIDIA driver").contains("kernels=auto");
    }

    @Test
    void cardAndDriverAreNamedAndWhetherTheyAreUsed() throws IOException {
        write("proc/driver/nvidia/version", OPEN);
        write(
                "proc/driver/nvidia/gpus/0000:01:00.0/information",
                "Model: \t\t NVIDIA GeForce RTX 4090\nIRQ:   \t\t 0\n");
        write("usr/lib64/libcuda.so.1", "");
        Gpu gpu = Gpu.of(root);
        String card = "NVIDIA GeForce RTX 4090, driver 580.65.06; ";
        assertThat(gpu.finding("auto", Optional.empty()).found()).startsWith(card + "used from");
        assertThat(gpu.finding("vector", Optional.empty()))
                .isEqualTo(Finding.ok("GPU", card + "not used, as kernels is vector"));
        assertThat(gpu.finding("cuda", Optional.of("NVIDIA GeForce RTX 4090 (compute capability 8.9)")))
                .isEqualTo(Finding.ok("GPU", card + "used: NVIDIA GeForce RTX 4090 (compute capability 8.9)"));
        Finding unused = gpu.finding("auto", Optional.of("native AVX-512"));
        assertThat(unused.verdict()).isEqualTo(Verdict.NOTE);
        assertThat(unused.remedy()).contains("log");
    }

    @Test
    void whatIsWrongWithADriverHasARemedy() throws IOException {
        write("proc/driver/nvidia/version", CLOSED);
        assertThat(Gpu.of(root).finding("auto", Optional.empty()).remedy()).contains("libcuda.so.1");
        write("usr/lib64/libcuda.so.1", "");
        Finding old = Gpu.of(root).finding("auto", Optional.empty());
        assertThat(old.found()).isEqualTo("an NVIDIA card, driver 390.157; not used");
        assertThat(old.remedy()).contains("440");
    }

    private void write(String name, String content) throws IOException {
        Path file = root.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }
}
