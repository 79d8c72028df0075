package dev.apprentice.llm.internal;

import dev.apprentice.llm.internal.gguf.GgufFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A base model in the terms of Hugging Face, whatever files it comes from. Its memory is freed when it is no longer reachable. */
public interface ModelSource {

    /** {@code config.json}. */
    byte[] config();

    /** {@code tokenizer.json}. */
    byte[] tokenizer();

    TensorSource tensors();

    /** How conversations are written; empty if the model was not trained for any. */
    Optional<ChatTemplate> chat();

    /** The files that hold the tensors, in a fixed order. */
    List<ModelBytes> files();

    /**
     * Opens the model at a path: a folder in Hugging Face layout, or a GGUF file.
     *
     * @throws dev.apprentice.model.ModelException if it is neither, or a file is missing or malformed
     */
    static ModelSource open(Path path) {
        if (Files.isDirectory(path)) {
            return HuggingFaceSource.open(ModelFiles.inDirectory(path));
        }
        ModelBytes bytes = ModelBytes.map(path);
        if (GgufFile.startsLikeOne(bytes.data())) {
            return GgufSource.open(bytes);
        }
        throw ModelBytes.fault(path + " is neither a GGUF file nor a folder with " + ModelFiles.CONFIG + ", "
                + ModelFiles.WEIGHTS + " and " + ModelFiles.TOKENIZER + ": name the one or the other");
    }
}
