package dev.apprentice.signing.verify.tuf;

import dev.apprentice.signing.verify.tuf.Metadata.TargetFile;
import dev.apprentice.signing.verify.tuf.TufException.Code;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** Transfers that end: never more bytes than the metadata above announces. */
final class Downloads {
    private static final int BUFFER = 64 * 1024;

    private Downloads() {}

    /** A whole file of at most so many bytes. */
    static byte[] bytes(Fetcher fetcher, String path, long most) {
        try (InputStream in = fetcher.open(path, 0)) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            copy(in, out, path, most);
            return out.toByteArray();
        } catch (IOException e) {
            throw broken(path, e);
        }
    }

    /** Gets a target into a file, unless it is there already; goes on where an earlier attempt broke off. */
    static void target(Fetcher fetcher, String path, TargetFile target, Path file) {
        if (holds(file, target)) {
            return;
        }
        Path part = file.resolveSibling(file.getFileName() + ".part");
        try {
            if (file.getParent() != null) {
                Files.createDirectories(file.getParent());
            }
            long there = Files.exists(part) ? Files.size(part) : 0;
            if (there > 0 && there <= target.length()) {
                append(fetcher, path, target, part, there);
            }
            if (!holds(part, target)) {
                Files.deleteIfExists(part);
                append(fetcher, path, target, part, 0);
                check(part, target);
            }
            try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw broken(path, e);
        } catch (TufException e) {
            if (e.code() == Code.MISMATCH || e.code() == Code.LIMIT) {
                discard(part, e);
            }
            throw e;
        }
    }

    private static void append(Fetcher fetcher, String path, TargetFile target, Path part, long there)
            throws IOException {
        if (there == target.length() && there > 0) {
            return;
        }
        try (InputStream in = fetcher.open(path, there);
                OutputStream out = Files.newOutputStream(part, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            copy(in, out, path, target.length() - there);
        }
    }

    private static void copy(InputStream in, OutputStream out, String path, long most) throws IOException {
        byte[] buffer = new byte[BUFFER];
        long left = most;
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
            left -= count;
            if (left < 0) {
                throw new TufException(
                        Code.LIMIT,
                        path + " has more than the " + most + " bytes that may come: someone changed it, or the"
                                + " repository is half published; try again later");
            }
            out.write(buffer, 0, count);
        }
    }

    private static boolean holds(Path file, TargetFile target) {
        try {
            if (!Files.isRegularFile(file)) {
                return false;
            }
            check(file, target);
            return true;
        } catch (IOException | TufException _) {
            return false;
        }
    }

    private static void check(Path file, TargetFile target) throws IOException {
        if (Files.size(file) != target.length()) {
            throw new TufException(
                    Code.MISMATCH,
                    target.path() + " has " + Files.size(file) + " bytes instead of " + target.length()
                            + ": someone changed it, or the repository is half published; try again later");
        }
        Hashes hashes = new Hashes(target.path(), target.hashes());
        byte[] buffer = new byte[BUFFER];
        try (InputStream in = Files.newInputStream(file)) {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                hashes.update(buffer, count);
            }
        }
        hashes.check();
    }

    private static void discard(Path part, TufException refusal) {
        try {
            Files.deleteIfExists(part);
        } catch (IOException e) {
            refusal.addSuppressed(e);
        }
    }

    private static TufException broken(String path, IOException e) {
        return new TufException(
                Code.UNREACHABLE,
                path + " could not be transferred (" + e + "): check the connection and try again",
                e);
    }
}
