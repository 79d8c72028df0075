package dev.apprentice.signing.publish.repository;

import dev.apprentice.signing.publish.SealedFile;
import dev.apprentice.signing.verify.SigningException;
import dev.apprentice.signing.verify.SigningException.Code;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The secret keys of a repository: a folder of sealed files, {@code ROLE-NUMBER.json}. Files of roles that an operation does not
 * need may be elsewhere, as those of root should be, on media of their own.
 */
public final class RepositoryKeys {
    private final Path folder;
    private final char[] passphrase;
    private final Map<Path, RoleKey> opened = new HashMap<>();

    /** Keys in a folder, all under one passphrase. */
    public RepositoryKeys(Path folder, char[] passphrase) {
        this.folder = folder;
        this.passphrase = passphrase.clone();
    }

    /** Makes new keys for a role, numbered on from those that are there. */
    List<RoleKey> create(String role, int count) {
        int first = files(role).stream().mapToInt(RepositoryKeys::number).max().orElse(0) + 1;
        List<RoleKey> keys = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            RoleKey key = RoleKey.create();
            key.sealed().save(folder.resolve(role + "-" + (first + i) + ".json"), passphrase);
            keys.add(key);
        }
        return keys;
    }

    /** All keys of a role that are here, also those that were replaced. */
    List<RoleKey> of(String role) {
        List<RoleKey> keys = new ArrayList<>();
        for (Path file : files(role)) {
            // Opening is slow on purpose, so each file is opened once.
            keys.add(opened.computeIfAbsent(file, any -> RoleKey.of(SealedFile.load(file, passphrase))));
        }
        if (keys.isEmpty()) {
            throw new SigningException(
                    Code.STORAGE,
                    "The folder " + folder + " holds no key of the role " + role + ": bring the medium that holds "
                            + role + "-1.json");
        }
        return keys;
    }

    private List<Path> files(String role) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> String.valueOf(file.getFileName()).matches(role + "-[0-9]{1,6}\\.json"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new SigningException(
                    Code.STORAGE, "The folder of keys " + folder + " cannot be read: check its permissions", e);
        }
    }

    private static int number(Path file) {
        String name = String.valueOf(file.getFileName());
        return Integer.parseInt(name.substring(name.lastIndexOf('-') + 1, name.length() - ".json".length()));
    }
}
