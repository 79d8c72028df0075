package dev.apprentice.llm.internal;

import dev.apprentice.compute.Kernels;
import dev.apprentice.compute.LearningAlgebra;
import dev.apprentice.model.Benchmark;
import dev.apprentice.model.LanguageModel;
import dev.apprentice.model.Pretraining;
import dev.apprentice.model.ReferenceTexts;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferencePolicyOption;

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
    public PretrainingComponent(
            BundleContext context,
            @Reference(policyOption = ReferencePolicyOption.GREEDY) Kernels kernels,
            @Reference LearningAlgebra algebra,
            @Reference LanguageModel model,
            @Reference ReferenceTexts texts) {
        Path nativeCache = context.getDataFile("native").toPath();
        Pretraining pretraining = new Pretrainer(
                kernels, algebra, () -> EmbeddedModel.source(EmbeddedModel.bundle(context)), nativeCache);
        Benchmark benchmark = new EngineBenchmark(
                kernels,
                algebra,
                nativeCache,
                Optional.ofNullable(context.getProperty("apprentice.bench.peer"))
                        .map(Path::of),
                embedded(context, model).map(embedded -> new EngineBenchmark.Trained(embedded, texts)));
        services = List.of(
                context.registerService(Pretraining.class, pretraining, null),
                context.registerService(Benchmark.class, benchmark, null));
    }

    /** The model that is loaded, if it is the one in the base-model bundle. */
    private static Optional<LlamaModel> embedded(BundleContext context, LanguageModel model) {
        return context.getProperty("apprentice.model.dir") == null && model instanceof LlamaModel llama
                ? Optional.of(llama)
                : Optional.empty();
    }

    @Deactivate
    void stop() {
        services.reversed().forEach(ServiceRegistration::unregister);
    }
}
