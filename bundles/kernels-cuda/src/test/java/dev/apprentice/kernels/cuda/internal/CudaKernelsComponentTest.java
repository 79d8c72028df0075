package dev.apprentice.kernels.cuda.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.apprentice.compute.Kernels;
import dev.apprentice.kernels.cpu.ScalarKernels;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIf;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.osgi.framework.BundleContext;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.launch.FrameworkFactory;

/** The component in a real framework. */
class CudaKernelsComponentTest {
    @TempDir
    private Path storage;

    /** Something to do in a framework. */
    private interface Body {
        void run(BundleContext context) throws Exception;
    }

    @Test
    @DisabledIf(value = "dev.apprentice.kernels.cuda.internal.TestDevice#isThere", disabledReason = "There is a GPU")
    void withoutAGpuNothingIsRegistered() throws Exception {
        in(Map.of(), context -> {
            CudaKernelsComponent component = new CudaKernelsComponent(context, new ScalarKernels());
            assertThat(context.getServiceReference(Kernels.class)).isNull();
            component.close();
        });
    }

    @Test
    @DisabledIf(value = "dev.apprentice.kernels.cuda.internal.TestDevice#isThere", disabledReason = "There is a GPU")
    void askingForAGpuThatIsNotThereIsAFaultThatSaysWhatToDo() throws Exception {
        List<LogRecord> records = new ArrayList<>();
        Logger logger = Logger.getLogger(CudaKernelsComponent.class.getName());
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord record) {
                records.add(record);
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        logger.addHandler(handler);
        try {
            in(Map.of("apprentice.kernels", "cuda"), context -> {
                CudaKernelsComponent component = new CudaKernelsComponent(context, new ScalarKernels());
                assertThat(context.getServiceReference(Kernels.class)).isNull();
                component.close();
            });
        } finally {
            logger.removeHandler(handler);
        }
        assertThat(records).singleElement().satisfies(record -> {
            assertThat(record.getLevel()).isEqualTo(Level.SEVERE);
            assertThat(new SimpleFormatter().formatMessage(record))
                    .startsWith("GPU: not used though apprentice.kernels is cuda, because ")
                    .contains("NVIDIA driver")
                    .endsWith("or leave apprentice.kernels out");
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"native", "vector", "scalar"})
    void kernelsOfTheCpuThatAreAskedForKeepTheGpuOut(String setting) throws Exception {
        in(Map.of("apprentice.kernels", setting), context -> {
            CudaKernelsComponent component = new CudaKernelsComponent(context, new ScalarKernels());
            assertThat(context.getServiceReference(Kernels.class)).isNull();
            component.close();
        });
    }

    @Test
    @EnabledIf(value = "dev.apprentice.kernels.cuda.internal.TestDevice#isThere", disabledReason = TestDevice.NEEDED)
    void aGpuIsPreferredToTheCpu() throws Exception {
        in(Map.of(), context -> {
            ScalarKernels cpu = new ScalarKernels();
            context.registerService(Kernels.class, cpu, null);
            CudaKernelsComponent component = new CudaKernelsComponent(context, cpu);
            assertThat(context.getService(context.getServiceReference(Kernels.class)))
                    .isInstanceOf(CudaKernels.class);
            component.close();
            assertThat(context.getService(context.getServiceReference(Kernels.class)))
                    .isSameAs(cpu);
        });
    }

    private void in(Map<String, String> properties, Body body) throws Exception {
        Map<String, String> configuration = new HashMap<>(properties);
        configuration.put("org.osgi.framework.storage", storage.toString());
        Framework framework = ServiceLoader.load(FrameworkFactory.class)
                .findFirst()
                .orElseThrow()
                .newFramework(configuration);
        try {
            framework.start();
            body.run(framework.getBundleContext());
        } finally {
            framework.stop();
            framework.waitForStop(10_000);
        }
    }
}
