package dev.apprentice.testkit;

import static dev.apprentice.testkit.Samples.assertClose;
import static dev.apprentice.testkit.Samples.assertSum;
import static dev.apprentice.testkit.Samples.doubles;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.apprentice.compute.AttentionGradient;
import dev.apprentice.compute.AttentionShape;
import dev.apprentice.compute.AttentionTape;
import dev.apprentice.compute.DataType;
import dev.apprentice.compute.Kernels;
import dev.apprentice.compute.Matrix;
import dev.apprentice.compute.RotaryTable;
import dev.apprentice.compute.Tensor;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What every implementation of {@link Kernels} must do: forward operations agree with formulas in double precision, at sizes that fit no
 * vector and no block; gradients agree with finite differences of those formulas.
 */
@Timeout(120)
public abstract class KernelsContract {
    private static final float EPSILON = 1e-5f;

    private final Arena arena = Arena.ofShared();
    private final Samples samples = new Samples(arena);
    private Kernels kernels = new NoKernels().kernels();

    /** The implementation under test; asked once per test. */
    protected abstract Kernels kernels();

    @BeforeEach
    void askForKernels() {
        kernels = kernels();
    }

    @AfterEach
    void closeMemory() {
        arena.close();
    }
}
