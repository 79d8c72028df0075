package dev.apprentice.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.logging.ConsoleHandler;
import java.util.logging.FileHandler;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.jspecify.annotations.Nullable;

/** Where logs go: everything to rotated files under {@code logs} of the home, warnings to standard error too. */
final class Logs {
    private static final int FILE_BYTES = 5 << 20;
    private static final int FILES = 5;

    private static volatile @Nullable String error;

    private Logs() {}

    static void open(Path home, Level level) {
        System.setProperty("java.util.logging.SimpleFormatter.format", "%1$tFT%1$tT.%1$tL %4$s %3$s: %5$s%6$s%n");
        LogManager.getLogManager().reset();
        Logger root = Logger.getLogger("");
        root.setLevel(level);
        try {
            Path folder = Files.createDirectories(home.resolve("logs"));
            root.addHandler(with(
                    new FileHandler(folder.resolve("apprentice.%g.log").toString(), FILE_BYTES, FILES, true), level));
        } catch (IOException e) {
            throw new LauncherException("Logs cannot be written under " + home + ": check space and permissions", e);
        }
        root.addHandler(with(new ConsoleHandler(), Level.WARNING));
        error = null;
        root.addHandler(with(new FirstError(), Level.SEVERE));
    }

    /** The first error that was logged since the start; null if there was none. */
    static @Nullable String error() {
        return error;
    }

    static void close() {
        LogManager.getLogManager().reset();
    }

    private static Handler with(Handler handler, Level level) {
        handler.setFormatter(new SimpleFormatter());
        handler.setLevel(level);
        return handler;
    }

    /** Bundles start on their own; what keeps one from it is known only from what it logs. */
    private static final class FirstError extends Handler {
        @Override
        public void publish(LogRecord logged) {
            if (isLoggable(logged) && error == null) {
                error = getFormatter().formatMessage(logged);
            }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }
}
