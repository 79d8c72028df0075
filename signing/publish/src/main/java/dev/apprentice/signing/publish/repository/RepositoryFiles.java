package dev.apprentice.signing.publish.repository;

import dev.apprentice.signing.verify.Sha256;
import dev.apprentice.signing.verify.SigningException;
import dev.apprentice.signing.verify.SigningException.Code;
import dev.apprentice.signing.verify.tuf.StrictJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import tools.jackson.databind.node.ObjectNode;

/** The static files of a repository: {@code metadata/} and {@code targets/}, named as consistent snapshots are. */
final class RepositoryFiles {
    private final Path folder;

    RepositoryFiles(Path folder) {
        this.folder = folder;
    }

    boolean exist() {
        return Files.exists(metadata("timestamp.json"));
    }

    Path folder() {
        return folder;
    }

    Path metadata(String file) {
        return folder.resolve("metadata").resolve(file);
    }

    /** The signed part of metadata, to be changed and signed anew. */
    ObjectNode signed(String file) {
        Path path = metadata(file);
        return (ObjectNode) StrictJson.parse(path.toString(), read(path)).path("signed");
    }

    int latestRoot() {
        int version = 0;
        while (Files.exists(metadata((version + 1) + ".root.json"))) {
            version++;
        }
        return version;
    }

    void writeMetadata(String file, byte[] content) {
        write(metadata(file), content);
    }

    /** Adds a target's bytes under its hash, and returns how a targets role describes it. */
    ObjectNode addTarget(String path, byte[] content, ObjectNode description) {
        String hash = Sha256.hex(content);
        description.put("length", content.length).putObject("hashes").put("sha256", hash);
        int name = path.lastIndexOf('/') + 1;
        Path file = folder.resolve("targets").resolve(path.substring(0, name) + hash + "." + path.substring(name));
        // Named by its content, so what is there need not be written again.
        if (!Files.exists(file)) {
            write(file, content);
        }
        return description;
    }

    static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new SigningException(Code.STORAGE, file + " cannot be read: check the folder of the repository", e);
        }
    }

    private static void write(Path file, byte[] content) {
        try {
            Path parent = Files.createDirectories(file.resolveSibling(""));
            Path temporary = Files.createTempFile(parent, "new", ".tmp");
            Files.write(temporary, content);
            if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
                // Temporary files are private; a web server must be able to read this one.
                Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rw-r--r--"));
            }
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new SigningException(Code.STORAGE, file + " cannot be written: check space and permissions", e);
        }
    }
}
