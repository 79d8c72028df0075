package dev.apprentice.signing.verify.tuf;

import dev.apprentice.signing.verify.tuf.TufException.Code;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/** Keeps other clients, of this process and of others, away from a folder of metadata while it changes. */
final class FolderLock implements AutoCloseable {
    static final String FILE = "lock";
    /** As long as a slow server may hold up the one who has the lock. */
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private static final long POLL_MILLIS = 20;
    /** The file's lock is the process's own, so the threads of the process need one among themselves. */
    private static final Map<Path, ReentrantLock> THREADS = new ConcurrentHashMap<>();

    private final ReentrantLock thread;
    private final FileChannel channel;

    private FolderLock(ReentrantLock thread, FileChannel channel) {
        this.thread = thread;
        this.channel = channel;
    }

    static FolderLock take(Path folder) {
        return take(folder, PATIENCE);
    }

    static FolderLock take(Path folder, Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        ReentrantLock thread = THREADS.computeIfAbsent(folder.toAbsolutePath().normalize(), any -> new ReentrantLock());
        try {
            if (!thread.tryLock(patience.toNanos(), TimeUnit.NANOSECONDS)) {
                throw busy(folder);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TufException(Code.STORAGE, "Waiting for " + folder + " was interrupted: try again", e);
        }
        try {
            return new FolderLock(thread, locked(folder, deadline));
        } catch (RuntimeException e) {
            thread.unlock();
            throw e;
        }
    }

    private static FileChannel locked(Path folder, long deadline) {
        try {
            Files.createDirectories(folder);
            FileChannel channel =
                    FileChannel.open(folder.resolve(FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            try {
                await(channel, folder, deadline);
                return channel;
            } catch (IOException | RuntimeException e) {
                channel.close();
                throw e;
            }
        } catch (IOException e) {
            throw new TufException(Code.STORAGE, folder + " cannot be locked: check its permissions", e);
        }
    }

    private static void await(FileChannel channel, Path folder, long deadline) throws IOException {
        for (FileLock lock = channel.tryLock(); lock == null; lock = channel.tryLock()) {
            if (System.nanoTime() > deadline) {
                throw busy(folder);
            }
            try {
                Thread.sleep(POLL_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new TufException(Code.STORAGE, "Waiting for " + folder + " was interrupted: try again", e);
            }
        }
    }

    private static TufException busy(Path folder) {
        return new TufException(
                Code.STORAGE, "Another client is at work in " + folder + ": wait until it is done, then try again");
    }

    /** The lock of the file goes with its channel. */
    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new TufException(Code.STORAGE, "The lock of the metadata cannot be given back: try again", e);
        } finally {
            thread.unlock();
        }
    }
}
