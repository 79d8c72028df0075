package dev.apprentice.llm.internal;

import dev.apprentice.compute.DataType;
import dev.apprentice.compute.Kernels;
import dev.apprentice.model.BaseExport;
import dev.apprentice.model.LanguageModel;
import dev.apprentice.model.ModelException;
import dev.apprentice.model.Quantization;
import dev.apprentice.model.ReferenceTexts;
import dev.apprentice.model.TrainingBudget;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/**
 * Publishes the base model and its reference texts. Framework properties: {@code apprentice.model.weights} is how weights are held
 * ({@code file}, as the file has them, if not given), {@code apprentice.kv} how keys and values are (F16), {@code apprentice.prefix.cache}
 * how many MiB of those of earlier prompts are kept (256), {@code apprentice.training.memory} how many MiB training may take (2048),
 * {@code apprentice.model.sparsity} what part of the feed-forward layers' neurons generating leaves out (0), {@code apprentice.model.dir} a model folder or GGUF file to use instead of the
 * base-model bundle's.
 */
@Component(
        service = {},
        immediate = true)
public final class LanguageModelComponent {
    private static final String AS_IN_THE_FILE = "file";
    private static final System.Logger LOG = System.getLogger(LanguageModelComponent.class.getName());

    private final List<ServiceRegistration<?>> services;

    @Activate
    public LanguageModelComponent(
            BundleContext context, @Reference(policyOption = ReferencePolicyOption.GREEDY) Kernels kernels) {
        try {
            Bundle baseModel = EmbeddedModel.bundle(context);
            ReferenceTexts texts = BundledReferenceTexts.read(baseModel::getEntry);
            LlamaModel model = sparse(context, load(context, baseModel, kernels), texts);
            LOG.log(Level.INFO, "Model {0} on {1}", model.info(), kernels.description());
            services = List.of(
                    context.registerService(LanguageModel.class, model, null),
                    context.registerService(ReferenceTexts.class, texts, null),
                    context.registerService(
                            BaseExport.class, new SourceExport(name(context), () -> source(context, baseModel)), null),
                    context.registerService(Quantization.class, quantization(context, kernels, texts), null));
        } catch (ModelException e) {
            LOG.log(Level.ERROR, e.getMessage(), e);
            throw e;
        }
    }

    private static Quantization quantization(BundleContext context, Kernels kernels, ReferenceTexts texts) {
        return new ModelQuantizer(kernels, texts, context.getDataFile("native").toPath());
    }

    @Deactivate
    void stop() {
        services.reversed().forEach(ServiceRegistration::unregister);
    }

    private static LlamaModel load(BundleContext context, Bundle baseModel, Kernels kernels) {
        Path nativeCache = context.getDataFile("native").toPath();
        Optional<Path> digests = cache(context).map(folder -> folder.resolve("base-digests"));
        return LlamaModel.load(
                name(context),
                source(context, baseModel),
                weightType(context),
                kernels,
                nativeCache,
                digests,
                generation(context),
                training(context),
                new LoggedProgress(LOG));
    }

    private static ModelSource source(BundleContext context, Bundle baseModel) {
        @Nullable String path = context.getProperty("apprentice.model.dir");
        return path == null ? EmbeddedModel.source(baseModel) : ModelSource.open(Path.of(path));
    }

    private static String name(BundleContext context) {
        @Nullable String path = context.getProperty("apprentice.model.dir");
        return path == null
                ? "apprentice-base"
                : Path.of(path).getFileName().toString().replaceFirst("(?i)\\.gguf$", "");
    }

    /** The model, leaving out of its feed-forward layers what the owner asked for. */
    private static LlamaModel sparse(BundleContext context, LlamaModel model, ReferenceTexts texts) {
        String part = Objects.requireNonNullElse(context.getProperty("apprentice.model.sparsity"), "0");
        if (!part.matches("0(\\.\\d{1,2})?")) {
            throw new ModelException(
                    ModelException.Code.BAD_MODEL,
                    "apprentice.model.sparsity is " + part + ", but must be 0, or a part of the neurons such as 0.5");
        }
        int percent = Math.toIntExact(Math.round(100 * Double.parseDouble(part)));
        if (percent == 0) {
            return model;
        }
        GateQuantiles gates = GateQuantiles.of(model, String.join("\n\n", texts.rehearsal()), cache(context));
        LOG.log(Level.INFO, "Generating leaves out {0} % of the neurons of feed-forward layers", percent);
        return model.with(Sparsity.of(model, gates, percent));
    }

    /** Where small files are kept from start to start: not in the bundle's own folder, which is emptied at each. */
    private static Optional<Path> cache(BundleContext context) {
        return Optional.ofNullable(context.getProperty("apprentice.home")).map(home -> Path.of(home, "cache"));
    }

    private static TrainingBudget training(BundleContext context) {
        @Nullable String mebibytes = context.getProperty("apprentice.training.memory");
        if (mebibytes == null) {
            return TrainingBudget.DEFAULT;
        }
        if (!mebibytes.matches("[1-9]\\d{0,6}")) {
            throw new ModelException(
                    ModelException.Code.BAD_MODEL,
                    "apprentice.training.memory is " + mebibytes + ", but must be a whole number of MiB");
        }
        return new TrainingBudget(Long.parseLong(mebibytes) << 20, TrainingBudget.DEFAULT.longestSample());
    }

    private static GenerationSettings generation(BundleContext context) {
        @Nullable String type = context.getProperty("apprentice.kv");
        @Nullable String mebibytes = context.getProperty("apprentice.prefix.cache");
        return GenerationSettings.of(type, mebibytes);
    }

    private static Optional<DataType> weightType(BundleContext context) {
        String wanted = context.getProperty("apprentice.model.weights");
        if (wanted == null || wanted.equals(AS_IN_THE_FILE)) {
            return Optional.empty();
        }
        return Optional.of(Arrays.stream(DataType.values())
                .filter(type -> type.name().equals(wanted))
                .findFirst()
                .orElseThrow(() -> new ModelException(
                        ModelException.Code.BAD_MODEL,
                        "apprentice.model.weights is " + wanted + ", but must be " + AS_IN_THE_FILE + " or one of "
                                + Arrays.toString(DataType.values()))));
    }
}
