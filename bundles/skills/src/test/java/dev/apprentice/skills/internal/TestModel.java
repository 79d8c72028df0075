package dev.apprentice.skills.internal;

import dev.apprentice.compute.DataType;
import dev.apprentice.compute.Kernels;
import dev.apprentice.kernels.cpu.CpuKernels;
import dev.apprentice.llm.Models;
import dev.apprentice.model.LanguageModel;
import java.nio.file.Path;

/** The real base model, once per test run. */
final class TestModel {
    static final Kernels KERNELS = CpuKernels.create(2);
    static final LanguageModel MODEL =
            Models.load(Path.of("../base-model/src/main/resources/model"), DataType.BF16, KERNELS);

    private TestModel() {}
}
