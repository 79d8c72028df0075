package dev.apprentice.store.internal;

import dev.apprentice.store.AuditLog;
import dev.apprentice.store.Blobs;
import dev.apprentice.store.Store;
import dev.apprentice.store.StoreException;
import java.io.File;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;

/** The store of the home folder that the framework property {@code apprentice.home} names. */
@Component
public final class StoreComponent implements Store {
    private final SqliteStore store;

    @Activate
    public StoreComponent(BundleContext context) {
        String home = context.getProperty("apprentice.home");
        if (home == null) {
            throw new StoreException(
                    StoreException.Code.MISSING,
                    "The framework property apprentice.home is not set: start with a home folder");
        }
        unpackInto(context.getDataFile("sqlite"));
        this.store = new SqliteStore(Path.of(home), Clock.systemUTC());
    }

    /** SQLite's library would lie in the system's temporary folder, where it stays if the process is killed. */
    private static void unpackInto(File folder) {
        if (folder.isDirectory() || folder.mkdirs()) {
            System.setProperty("org.sqlite.tmpdir", folder.toString());
        }
    }

    private StoreComponent(Path home) {
        this.store = new SqliteStore(home, Clock.systemUTC());
    }

    /** The same store outside OSGi. */
    public static StoreComponent open(Path home) {
        return new StoreComponent(home);
    }

    @Deactivate
    public void close() {
        store.close();
    }

    @Override
    public Path home() {
        return store.home();
    }

    @Override
    public void migrate(String room, List<String> statements) {
        store.migrate(room, statements);
    }

    @Override
    public <T> T inTransaction(Work<T> work) {
        return store.inTransaction(work);
    }

    @Override
    public <T> T read(Work<T> work) {
        return store.read(work);
    }

    @Override
    public void afterCommit(Runnable action) {
        store.afterCommit(action);
    }

    @Override
    public Blobs blobs() {
        return store.blobs();
    }

    @Override
    public AuditLog audit() {
        return store.audit();
    }
}
