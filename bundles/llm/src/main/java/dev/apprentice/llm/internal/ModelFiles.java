package dev.apprentice.llm.internal;

import dev.apprentice.model.ModelException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where the three files of a Hugging Face model come from. */
@FunctionalInterface
public interface ModelFiles {
    String CONFIG = "config.json";
    String WEIGHTS = "model.safetensors";
    String TOKENIZER = "tokenizer.json";

    /** Opens a file by its name. */
    InputStream open(String name) throws IOException;

    /** The files of a folder. */
    static ModelFiles inDirectory(Path directory) {
        return name -> {
            Path file = directory.resolve(name);
            if (!Files.isRegularFile(file)) {
                throw new ModelException(
                        ModelException.Code.BAD_MODEL,
                        "There is no file " + file + ": a model folder holds " + CONFIG + ", " + WEIGHTS + " and "
                                + TOKENIZER);
            }
            return Files.newInputStream(file);
        };
    }

    /** The whole of a small file. */
    default byte[] bytes(String name) {
        try (InputStream in = open(name)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw unreadable(name, e);
        }
    }

    /** The fault of a file that cannot be read. */
    static ModelException unreadable(String name, IOException cause) {
        return new ModelException(
                ModelException.Code.BAD_MODEL,
                name + " cannot be read: check the disk and the rights of the file",
                cause);
    }
}
