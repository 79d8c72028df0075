package dev.apprentice.store.internal;

import dev.apprentice.store.StoreException;
import dev.apprentice.store.StoreException.Code;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Locale;
import org.sqlite.SQLiteErrorCode;

/** Turns faults of SQLite and of the file system into {@link StoreException}s. */
final class Faults {
    private static final int PRIMARY = 0xFF; // extended result codes hold the primary code in their lowest byte

    private Faults() {}

    static StoreException of(SQLException fault, Path database) {
        int result = fault.getErrorCode() & PRIMARY;
        if (result == SQLiteErrorCode.SQLITE_FULL.code) {
            return diskFull(database, fault);
        }
        if (result == SQLiteErrorCode.SQLITE_CORRUPT.code || result == SQLiteErrorCode.SQLITE_NOTADB.code) {
            return new StoreException(
                    Code.CORRUPT,
                    "The database " + database + " is damaged: put back a copy of the home folder",
                    fault);
        }
        return new StoreException(
                Code.FAILED,
                "The database " + database + " refused an operation (" + fault.getMessage()
                        + "): check that the folder can be written and that no other process uses it",
                fault);
    }

    static StoreException of(IOException fault, Path path) {
        String message = String.valueOf(fault.getMessage()).toLowerCase(Locale.ROOT);
        if (message.contains("no space") || message.contains("disk full") || message.contains("quota")) {
            return diskFull(path, fault);
        }
        return new StoreException(
                Code.FAILED,
                "Could not read or write " + path + " (" + fault + "): check that the folder exists and can be written",
                fault);
    }

    private static StoreException diskFull(Path path, Exception cause) {
        return new StoreException(
                Code.DISK_FULL,
                "The disk is full at " + path + ": nothing was changed; free some space and try again",
                cause);
    }
}
