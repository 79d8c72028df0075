package dev.apprentice.llm.internal;

import dev.apprentice.model.BaseExport;
import dev.apprentice.model.ModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;

/** Writes the base model from the files that it came from, which are opened anew. */
public final class SourceExport implements BaseExport {
    private final String name;
    private final Supplier<ModelSource> source;

    public SourceExport(String name, Supplier<ModelSource> source) {
        this.name = name;
        this.source = source;
    }

    @Override
    public void write(Format format, Path target) {
        Path parent = target.toAbsolutePath().getParent();
        if (Files.exists(target)) {
            throw fault(target + " is there already: name another, or remove it");
        }
        if (parent == null || !Files.isDirectory(parent)) {
            throw fault("There is no folder for " + target + ": make it first");
        }
        switch (format) {
            case GGUF -> writeGguf(target);
            case SAFETENSORS -> writeFolder(target);
        }
    }

    private void writeGguf(Path target) {
        try {
            GgufExport.write(name, source.get(), Optional.empty(), target);
        } catch (RuntimeException e) {
            delete(target, e);
            throw e;
        }
    }

    private void writeFolder(Path target) {
        try {
            Files.createDirectory(target);
            SafeTensorsExport.write(source.get(), target);
        } catch (IOException e) {
            ModelException fault = new ModelException(
                    ModelException.Code.BAD_REQUEST, target + " cannot be written: check the disk and its room", e);
            deleteFolder(target, fault);
            throw fault;
        } catch (RuntimeException e) {
            deleteFolder(target, e);
            throw e;
        }
    }

    private static void deleteFolder(Path folder, RuntimeException cause) {
        for (String file : SafeTensorsExport.FILES) {
            delete(folder.resolve(file), cause);
        }
        delete(folder, cause);
    }

    private static void delete(Path file, RuntimeException cause) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }

    private static ModelException fault(String message) {
        return new ModelException(ModelException.Code.BAD_REQUEST, message);
    }
}
