package dev.apprentice.llm.internal;

import dev.apprentice.model.ModelException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * A large file in memory, mapped where it lies on a disk. It must not be changed while the model is in use.
 *
 * @param name for messages
 * @param path where it lies, if it is a file of its own
 */
public record ModelBytes(String name, Optional<Path> path, MemorySegment data) {

    /** Maps a file. */
    static ModelBytes map(Path path) {
        if (!Files.isRegularFile(path)) {
            throw fault("There is no file " + path + ": name a GGUF file or a folder in Hugging Face layout");
        }
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            MemorySegment data = channel.map(MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto());
            return new ModelBytes(path.getFileName().toString(), Optional.of(path), data);
        } catch (IOException e) {
            throw ModelFiles.unreadable(path.toString(), e);
        }
    }

    static ModelException fault(String message) {
        return new ModelException(ModelException.Code.BAD_MODEL, message);
    }
}
