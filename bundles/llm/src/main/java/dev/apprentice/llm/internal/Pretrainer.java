package dev.apprentice.llm.internal;

import dev.apprentice.compute.Kernels;
import dev.apprentice.compute.LearningAlgebra;
import dev.apprentice.llm.internal.corpus.CorpusFolder;
import dev.apprentice.llm.internal.corpus.FillInTheMiddle;
import dev.apprentice.llm.internal.corpus.Windows;
import dev.apprentice.model.ModelException;
import dev.apprentice.model.Pretraining;
import dev.apprentice.model.TrainingBudget;
import dev.apprentice.model.TrainingPlan;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Brings together what a {@link PretrainingRun} needs, having refused what cannot be. */
public final class Pretrainer implements Pretraining {
    private final Kernels kernels;
    private final LearningAlgebra algebra;
    private final Supplier<ModelSource> embedded;
    private final Path nativeCache;

    /**
     * @param embedded the embedded model
     * @param nativeCache folder into which the tokenizer's native library is unpacked
     */
    public Pretrainer(Kernels kernels, LearningAlgebra algebra, Supplier<ModelSource> embedded, Path nativeCache) {
        this.kernels = kernels;
        this.algebra = algebra;
        this.embedded = embedded;
        this.nativeCache = nativeCache;
    }

    @Override
    public Report run(Request request, Listener listener) {
        listener.update("Reading the corpus", 0, 1);
        CorpusFolder corpus =
                CorpusFolder.list(request.text().corpus(), request.text().heldOut());
        PretrainingFolder folder = new PretrainingFolder(request.target());
        Beginning beginning = folder.begun()
                .map(files -> Beginning.of(HuggingFaceSource.open(files)))
                .orElseGet(() -> beginning(request));
        ModelConfig config = ModelConfig.parse(beginning.config());
        requireContext(request.course().length(), config);
        TrainingBudget budget =
                new TrainingBudget(request.upkeep().memory(), request.course().length());
        TrainingPlan plan = TrainedModel.plan(config, budget);
        ByteLevelTokenizer tokenizer = ByteLevelTokenizer.parse(beginning.tokenizer(), config, nativeCache);
        FillInTheMiddle middles = new FillInTheMiddle(request.text().fillInTheMiddle(), tokenizer);
        Recipe recipe = request.recipe();
        try (TrainedModel model =
                new TrainedModel(config, recipe.optimiser(), recipe.decay(), budget, kernels, algebra)) {
            folder.begin(settings(request, corpus, plan), beginning.config(), beginning.tokenizer());
            PretrainingFolder.Tokens tokens = folder.tokens(corpus, tokenizer, listener);
            Windows windows = new Windows(
                    tokens.training(),
                    request.course().length(),
                    request.course().seed(),
                    middles);
            int from = start(folder, beginning, request.course().seed(), model);
            return new PretrainingRun(request, folder, tokens, windows, tokenizer, model, plan, listener).train(from);
        }
    }

    /**
     * What the weights are before the first step.
     *
     * @param source empty for fresh ones
     */
    private record Beginning(byte[] config, byte[] tokenizer, Optional<ModelSource> source) {
        static Beginning of(ModelSource source) {
            return new Beginning(
                    PretrainingFolder.plainConfig(source.config()), source.tokenizer(), Optional.of(source));
        }
    }

    private Beginning beginning(Request request) {
        return switch (request.start()) {
            case Start.Embedded _ -> Beginning.of(embedded.get());
            case Start.Model(Path path) -> Beginning.of(ModelSource.open(path));
            case Start.Fresh shape -> {
                ModelSource like = embedded.get();
                byte[] config = FreshModel.config(shape, request.course().length(), ModelConfig.parse(like.config()));
                yield new Beginning(PretrainingFolder.plainConfig(config), like.tokenizer(), Optional.empty());
            }
        };
    }

    /** The steps taken before: those of the checkpoint, if there is one. */
    private int start(PretrainingFolder folder, Beginning beginning, long seed, TrainedModel model) {
        TrainedWeights weights = model.weights();
        if (folder.begun().isPresent()) {
            int step = folder.restore(weights, model.optimiser());
            weights.round(kernels);
            return step;
        }
        if (beginning.source().isPresent()) {
            weights.copyFrom(load(beginning.source().get(), model.config()), kernels);
        } else {
            FreshWeights.fill(weights, seed, kernels);
        }
        return 0;
    }

    private static Weights load(ModelSource source, ModelConfig config) {
        return new WeightLoader(config, source.tensors(), Optional.empty(), WeightLoader.Trust.NEW, Arena.ofAuto())
                .load();
    }

    private static void requireContext(int length, ModelConfig config) {
        if (length > config.context()) {
            throw new ModelException(
                    ModelException.Code.BAD_REQUEST,
                    "Pieces of " + length + " tokens do not fit into the model's context of " + config.context()
                            + ": shorten them");
        }
    }

    /** All that decides which weights come of a run. */
    private static Map<String, String> settings(Request request, CorpusFolder corpus, TrainingPlan plan) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put(
                "start",
                switch (request.start()) {
                    case Start.Embedded _ -> "the embedded model";
                    case Start.Model(Path path) -> path.toString();
                    case Start.Fresh(int width, int layers) -> width + "x" + layers;
                });
        settings.put("corpus", request.text().corpus().toString());
        settings.put("list of files", corpus.listing());
        settings.put("share held out", request.text().heldOut() + "");
        settings.put("share to fill in", request.text().fillInTheMiddle() + "");
        settings.put("number of steps", request.course().steps() + "");
        settings.put("batch", request.course().batch() + "");
        settings.put("length", request.course().length() + "");
        settings.put("seed", request.course().seed() + "");
        settings.put("optimiser", request.recipe().optimiser().name());
        settings.put("learning rate", request.recipe().learningRate() + "");
        settings.put("weight decay", request.recipe().decay() + "");
        settings.put("warm-up", request.recipe().warmUp() + "");
        settings.put("schedule", request.recipe().schedule().name());
        // sums are added in the order of passes, and how those are cut follows from the memory
        settings.put(
                "plan for its memory",
                plan.activations() + ", " + plan.tokensPerPass() + " tokens a pass, " + plan.headRows()
                        + " rows of logits");
        return settings;
    }
}
