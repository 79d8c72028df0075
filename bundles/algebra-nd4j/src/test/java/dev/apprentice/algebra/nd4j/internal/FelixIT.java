package dev.apprentice.algebra.nd4j.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.apprentice.compute.LearningAlgebra;
import dev.apprentice.compute.LearningAlgebra.AdamSettings;
import java.io.File;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.felix.framework.FrameworkFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.launch.Framework;
import org.osgi.util.tracker.ServiceTracker;

/**
 * The built bundle in a real framework, which takes the interface from the test's class path so that the test can call
 * the service.
 */
class FelixIT {

    @Test
    @Timeout(60)
    void publishesAnAlgebraThatWorks(@TempDir Path directory) throws Exception {
        Path home = directory.resolve("home");
        Framework felix = new FrameworkFactory()
                .newFramework(Map.of(
                        Constants.FRAMEWORK_STORAGE,
                        directory.resolve("cache").toString(),
                        Constants.FRAMEWORK_SYSTEMPACKAGES_EXTRA,
                        "dev.apprentice.compute;version=1.0.0",
                        Constants.FRAMEWORK_BOOTDELEGATION,
                        "",
                        "felix.bootdelegation.implicit",
                        "false",
                        "apprentice.home",
                        home.toString()));
        felix.start();
        try {
            for (String jar : jars()) {
                Bundle bundle = felix.getBundleContext()
                        .installBundle(Path.of(jar).toUri().toString());
                bundle.start();
            }
            var tracker = new ServiceTracker<LearningAlgebra, LearningAlgebra>(
                    felix.getBundleContext(), LearningAlgebra.class, null);
            tracker.open();
            LearningAlgebra algebra = tracker.waitForService(30_000);
            assertThat(algebra).isNotNull();
            ServiceReference<LearningAlgebra> reference = tracker.getServiceReference();
            assertThat(reference.getBundle().getHeaders().get(Constants.EXPORT_PACKAGE))
                    .isNull();

            stepsDownhill(algebra);
            findsTheOutlier(algebra);
            try (var unpacked = Files.walk(home.resolve("natives"))) {
                assertThat(unpacked.map(file -> file.getFileName().toString()))
                        .anyMatch(name -> name.contains("nd4jcpu"));
            }
            tracker.close();
        } finally {
            felix.stop();
            felix.waitForStop(10_000);
        }
    }

    private static List<String> jars() {
        return List.of(System.getProperty("felix.bundles", "").split(File.pathSeparator));
    }

    private static void stepsDownhill(LearningAlgebra algebra) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment parameters = arena.allocateFrom(ValueLayout.JAVA_FLOAT, 1, -2, 3);
            MemorySegment gradient = arena.allocateFrom(ValueLayout.JAVA_FLOAT, 0.5f, -4, 100);
            var adam = algebra.adam(AdamSettings.DEFAULT, arena.allocate(ValueLayout.JAVA_FLOAT, 6));
            adam.apply(parameters, gradient, 0.25, 0);
            // the first step of Adam is the learning rate against the gradient's sign
            assertThat(Floats.array(parameters)).containsExactly(new float[] {0.75f, -1.75f, 2.75f}, within(1e-5f));
        }
    }

    private static void findsTheOutlier(LearningAlgebra algebra) {
        var detector = algebra.outlierDetector(Floats.rows(128, 8, 1), 7);
        assertThat(detector.quantiles(new float[][] {{50, 50, 50, 50, -50, -50, -50, -50}}))
                .containsExactly(1);
    }
}
