package dev.apprentice.llm.internal;

import dev.apprentice.compute.Kernels;
import dev.apprentice.compute.LearningAlgebra;
import dev.apprentice.model.Benchmark;
import dev.apprentice.model.Pretraining;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/**
 * Publishes what trains all weights, and the benchmark that measures it: apart from the model itself, which need not wait for the algebra.
 * Framework property: {@code apprentice.bench.peer} names a {@code llama-bench} to measure beside.
 */
@Component(
        service = {},
        immediate = true)
public final class PretrainingComponent {
    private final List<ServiceRegistration<?>> services;

    @Activate
    public PretrainingComponent(BundleContext context, @Reference Kernels kernels, @Reference LearningAlgebra algebra) {
        Path nativeCache = context.getDataFile("native").toPath();
        Pretraining pretraining = new Pretrainer(
                kernels, algebra, () -> EmbeddedModel.source(EmbeddedModel.bundle(context)), nativeCache);
        Benchmark benchmark = new EngineBenchmark(
                kernels,
                algebra,
                nativeCache,
                Optional.ofNullable(context.getProperty("apprentice.bench.peer"))
                        .map(Path::of));
        services = List.of(
                context.registerService(Pretraining.class, pretraining, null),
                context.registerService(Benchmark.class, benchmark, null));
    }

    @Deactivate
    void stop() {
        services.reversed().forEach(ServiceRegistration::unregister);
    }
}
