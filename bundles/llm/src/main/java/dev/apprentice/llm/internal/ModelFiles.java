package dev.apprentice.llm.internal;

import dev.apprentice.model.ModelException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

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
        return new Folder(directory);
    }

    /** Whether a file is there that need not be. */
    default boolean has(String name) {
        return false;
    }

    /** A large file. */
    default ModelBytes content(String name) {
        try {
            return new ModelBytes(name, Optional.empty(), NativeBytes.read(open(name), Arena.ofAuto()));
        } catch (IOException e) {
            throw unreadable(name, e);
        }
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

    /** Files beside each other on a disk. */
    record Folder(Path directory) implements ModelFiles {
        @Override
        public InputStream open(String name) throws IOException {
            return Files.newInputStream(path(name));
        }

        @Override
        public boolean has(String name) {
            return Files.exists(directory.resolve(name));
        }

        @Override
        public ModelBytes content(String name) {
            return ModelBytes.map(path(name));
        }

        private Path path(String name) {
            Path file = directory.resolve(name);
            if (!Files.isRegularFile(file)) {
                throw ModelBytes.fault("There is no file " + file + ": a model folder holds " + CONFIG + ", " + WEIGHTS
                        + " and " + TOKENIZER);
            }
            return file;
        }
    }
}
