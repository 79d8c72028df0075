package dev.apprentice.llm;

import dev.apprentice.compute.DataType;
import dev.apprentice.compute.Kernels;
import dev.apprentice.llm.internal.GgufExport;
import dev.apprentice.llm.internal.LlamaModel;
import dev.apprentice.llm.internal.ModelSource;
import dev.apprentice.model.LanguageModel;
import java.nio.file.Path;
import java.util.Optional;

/** Loads language models from folders and GGUF files. */
public final class Models {
    private Models() {}

    /**
     * Loads the model in a folder in Hugging Face layout ({@code config.json}, {@code tokenizer.json}, {@code model.safetensors} or its
     * parts), or in a GGUF file. Weights are used where they lie in the mapped file, which must not change meanwhile.
     *
     * @throws dev.apprentice.model.ModelException if a file is missing, malformed or disagrees with another, or memory is too small
     */
    public static LanguageModel load(Path path, Kernels kernels) {
        return LlamaModel.load(ModelSource.open(path), Optional.empty(), kernels);
    }

    /**
     * Loads a model as {@link #load(Path, Kernels)}, with its linear weights in another type.
     *
     * @param weights how the linear weights are held; other than F32 and the file's own type they are rounded at load
     * @throws dev.apprentice.model.ModelException if a file is missing, malformed or disagrees with another
     */
    public static LanguageModel load(Path path, DataType weights, Kernels kernels) {
        return LlamaModel.load(ModelSource.open(path), Optional.of(weights), kernels);
    }

    /**
     * Writes the model at a path as a GGUF file.
     *
     * @param weights type of the linear weights; empty leaves each as it is
     * @throws dev.apprentice.model.ModelException if the model is malformed, or has something that such files cannot hold
     */
    public static void exportGguf(Path path, Optional<DataType> weights, Path target) {
        GgufExport.write(path.toAbsolutePath().getFileName().toString(), ModelSource.open(path), weights, target);
    }
}
