package dev.apprentice.market.internal;

import dev.apprentice.market.MarketException;
import dev.apprentice.signing.verify.tuf.Fetcher;
import dev.apprentice.signing.verify.tuf.Metadata.TargetFile;
import dev.apprentice.signing.verify.tuf.TufClient;
import dev.apprentice.signing.verify.tuf.TufException;
import dev.apprentice.signing.verify.tuf.TufException.Code;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What this machine holds of one marketplace: its metadata, and small targets whose hashes are checked whenever they are read. What
 * was fetched once can be read without a network until it expires.
 */
final class MarketFolder {
    private final String name;
    private final Path folder;
    private final List<Address> addresses;
    private final Clock clock;
    private @Nullable TufClient client;
    private boolean online;
    private volatile int good;

    MarketFolder(String name, Path folder, List<Address> addresses, Clock clock) {
        this.name = name;
        this.folder = folder;
        this.addresses = List.copyOf(addresses);
        this.clock = clock;
    }

    /** Brings the top-level metadata up to date from the first address that has it good; meanwhile the old is read on. */
    void refresh() {
        TufClient fresh = fromAnyAddress(address -> {
            TufClient candidate = new TufClient(metadata(), address.metadata(), clock);
            candidate.refresh();
            return candidate;
        });
        synchronized (this) {
            client = fresh;
            online = true;
        }
    }

    /** When what is known ceases to be believed; empty if that is so already, or nothing was ever fetched. */
    synchronized Optional<Instant> expires() {
        try {
            return Optional.of(client().expires());
        } catch (MarketException _) {
            return Optional.empty();
        }
    }

    /** What the metadata says of a target; its role is fetched if it must be. */
    synchronized Optional<TargetFile> find(String path) {
        TufClient known = client();
        try {
            return known.find(path);
        } catch (TufException refusal) {
            boolean neverFetched = !online && refusal.code() == Code.NOT_FOUND;
            if (!neverFetched && refusal.code() != Code.UNREACHABLE) {
                throw Refusal.of(name, refusal);
            }
        }
        refresh();
        try {
            return client().find(path);
        } catch (TufException refusal) {
            throw Refusal.of(name, refusal);
        }
    }

    /** The bytes of a small target, from the network only if the copy here is not what the metadata says. */
    synchronized byte[] read(TargetFile target, long most) {
        Path copy = folder.resolve("cache").resolve(fileName(target.path()));
        Fetcher here = (path, offset) -> open(copy);
        try {
            return client().read(target, here, most);
        } catch (TufException _) {
            // Missing, outdated or changed on disk.
        }
        if (target.length() > most) {
            throw Refusal.of(name, new TufException(Code.LIMIT, target.path() + " is too long to be read"));
        }
        download(target, copy);
        try {
            return client().read(target, here, most);
        } catch (TufException refusal) {
            throw Refusal.of(name, refusal);
        }
    }

    /** Downloads a target, going on where an earlier attempt broke off, from any address that has it good. */
    synchronized Path download(TargetFile target) {
        Path file = folder.resolve("downloads").resolve(fileName(target.path()));
        download(target, file);
        return file;
    }

    private void download(TargetFile target, Path file) {
        TufClient known = client();
        fromAnyAddress(address -> {
            known.download(target, address.targets(), file);
            return file;
        });
    }

    Path metadata() {
        return folder.resolve("metadata");
    }

    Path folder() {
        return folder;
    }

    private TufClient client() {
        TufClient known = client;
        if (known != null && known.expires().isAfter(clock.instant())) {
            return known;
        }
        try {
            TufClient stored = TufClient.offline(metadata(), clock);
            stored.refresh();
            client = stored;
            online = false;
            return stored;
        } catch (TufException refusal) {
            throw Refusal.of(name, refusal);
        }
    }

    /** Begins with the address that was good last; a bad mirror costs time, never trust. */
    private <T> T fromAnyAddress(Function<Address, T> work) {
        List<MarketException> refusals = new ArrayList<>();
        for (int i = 0; i < addresses.size(); i++) {
            int next = (good + i) % addresses.size();
            Address address = addresses.get(next);
            try {
                T result = work.apply(address);
                good = next;
                return result;
            } catch (TufException refusal) {
                refusals.add(Refusal.of(name + " at " + address, refusal));
                if (refusal.code() == Code.STORAGE) {
                    break;
                }
            }
        }
        good = 0;
        MarketException told = refusals.getFirst();
        refusals.stream().skip(1).forEach(told::addSuppressed);
        throw told;
    }

    private static InputStream open(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new TufException(Code.NOT_FOUND, file + " is not there");
        }
        return Files.newInputStream(file);
    }

    /** Paths are checked by patterns before they come here, so this makes one name of parts that hold nothing odd. */
    private static String fileName(String path) {
        return path.replace("/", "+");
    }
}
