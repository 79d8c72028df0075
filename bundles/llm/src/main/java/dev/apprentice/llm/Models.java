package dev.apprentice.llm;

import dev.apprentice.compute.DataType;
import dev.apprentice.compute.Kernels;
import dev.apprentice.llm.internal.LlamaModel;
import dev.apprentice.llm.internal.ModelFiles;
import dev.apprentice.model.LanguageModel;
import java.nio.file.Path;

/** Loads language models from folders. */
public final class Models {
    private Models() {}

    /**
     * Loads the Hugging Face model in a folder: {@code config.json}, {@code model.safetensors}, {@code tokenizer.json}.
     *
     * @param weights how the linear weights are held; other than F32 and the file's own type they are rounded at load
     * @throws dev.apprentice.model.ModelException if a file is missing, malformed or disagrees with another
     */
    public static LanguageModel load(Path directory, DataType weights, Kernels kernels) {
        return LlamaModel.load(ModelFiles.inDirectory(directory), weights, kernels);
    }
}
