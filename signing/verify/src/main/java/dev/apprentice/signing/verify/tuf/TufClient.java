package dev.apprentice.signing.verify.tuf;

import dev.apprentice.signing.verify.tuf.Metadata.Delegation;
import dev.apprentice.signing.verify.tuf.Metadata.MetaFile;
import dev.apprentice.signing.verify.tuf.Metadata.Root;
import dev.apprentice.signing.verify.tuf.Metadata.Snapshot;
import dev.apprentice.signing.verify.tuf.Metadata.TargetFile;
import dev.apprentice.signing.verify.tuf.Metadata.Targets;
import dev.apprentice.signing.verify.tuf.Metadata.Timestamp;
import dev.apprentice.signing.verify.tuf.TufException.Code;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The client workflow of the TUF specification 1.0, section 5. What is trusted lies in a folder and is checked again whenever it is
 * read. Not for several threads; several clients of one folder wait for each other.
 */
public final class TufClient {
    private static final int MOST_ROOTS = 1024;
    private static final int MOST_ROLES = 32;
    private static final long LONGEST_ROOT = 512 * 1024;
    private static final long LONGEST_TIMESTAMP = 64 * 1024;
    private static final long LONGEST_SNAPSHOT = 16 << 20;
    private static final long LONGEST_TARGETS = 64 << 20;

    private final MetadataFolder folder;
    private final Fetcher metadata;
    private final Clock clock;
    private final Map<String, Signed<Targets>> read = new HashMap<>();
    private @Nullable Trusted trusted;

    private record Trusted(Instant start, Root root, Timestamp timestamp, Snapshot snapshot, Targets targets) {}

    /** A client of the metadata at one place, whose trust lies in a folder that {@link #initialize} has made. */
    public TufClient(Path folder, Fetcher metadata, Clock clock) {
        this.folder = new MetadataFolder(folder);
        this.metadata = metadata;
        this.clock = clock;
    }

    /**
     * Begins to trust a repository by root metadata that came in a trustworthy way (section 5.2).
     *
     * @throws TufException if it is not signed by its own keys, or another root is trusted there already
     */
    public static void initialize(Path folder, byte[] root) {
        refusing(() -> beginWith(folder, root));
    }

    private static boolean beginWith(Path folder, byte[] root) {
        Signed<Root> signed = MetadataReader.root(root);
        signed.content().root().verify(signed, "root");
        MetadataFolder metadata = new MetadataFolder(folder);
        try (FolderLock _ = metadata.lock()) {
            Optional<byte[]> there = metadata.read("root");
            if (there.isPresent() && !Arrays.equals(there.get(), root)) {
                throw new TufException(
                        Code.STORAGE,
                        folder + " trusts another root already: choose an empty folder, or delete this one");
            }
            metadata.write("root", root);
            return true;
        }
    }

    /**
     * A client of what was stored by earlier refreshes, for when nothing can be reached: everything is checked as ever, expiry
     * too, and a role that was never fetched is not found.
     */
    public static TufClient offline(Path folder, Clock clock) {
        MetadataFolder stored = new MetadataFolder(folder);
        return new TufClient(
                folder,
                (path, offset) -> {
                    byte[] bytes = path.equals("timestamp.json")
                            ? stored.read("timestamp").orElse(null)
                            : null;
                    if (bytes == null) {
                        throw new TufException(
                                Code.NOT_FOUND, path + " is not stored in " + folder + ": refresh while online");
                    }
                    return new ByteArrayInputStream(bytes);
                },
                clock);
    }

    /**
     * Brings the top-level roles up to date; whatever was found good on the way to a refusal stays trusted.
     *
     * @throws TufException with the reason of the refusal
     */
    public void refresh() {
        trusted = null;
        read.clear();
        trusted = refusing(this::update);
    }

    private Trusted update() {
        try (FolderLock _ = folder.lock()) {
            Instant start = startTime();
            Root root = updateRoot(start);
            Timestamp timestamp = updateTimestamp(root, start);
            Snapshot snapshot = updateSnapshot(root, timestamp, start);
            MetaFile file = listed(snapshot, "targets");
            Targets targets = updateTargets(root.consistentSnapshot(), "targets", root.targets(), file, start);
            folder.seen(start);
            return new Trusted(start, root, timestamp, snapshot, targets);
        }
    }

    /** When the first of the top-level roles expires; from then on nothing of the repository is believed until it signs anew. */
    public Instant expires() {
        Trusted now = trusted();
        return Stream.of(now.root(), now.timestamp(), now.snapshot(), now.targets())
                .map(Metadata::expires)
                .min(Comparator.naturalOrder())
                .orElseThrow();
    }

    /** A clock that was set back does not bring expired metadata to life. */
    private Instant startTime() {
        Instant now = clock.instant();
        Instant seen = folder.lastSeen();
        return now.isBefore(seen) ? seen : now;
    }

    /** Section 5.3: one root after the other, each signed by the keys of the one before and by its own. */
    private Root updateRoot(Instant start) {
        byte[] stored = folder.read("root")
                .orElseThrow(() -> new TufException(
                        Code.NOT_INITIALIZED, "No root is trusted yet: initialize with a root.json from its owner"));
        Signed<Root> signed = MetadataReader.root(stored);
        Root root = signed.content();
        root.root().verify(signed, "root");
        for (int i = 0; ; i++) {
            Optional<byte[]> next = find((root.version() + 1) + ".root.json", LONGEST_ROOT);
            if (next.isEmpty()) {
                break;
            }
            if (i == MOST_ROOTS) {
                throw new TufException(
                        Code.LIMIT, "More than " + MOST_ROOTS + " new roots at once: ask the repository's owner");
            }
            root = nextRoot(root, next.get());
        }
        requireFresh("root", root, start);
        return root;
    }

    private Root nextRoot(Root root, byte[] bytes) {
        Signed<Root> signed = MetadataReader.root(bytes);
        Root next = signed.content();
        root.root().verify(signed, "new root");
        next.root().verify(signed, "new root");
        requireVersion("root", next, root.version() + 1);
        if (root.timestamp().rotatedTo(next.timestamp()) || root.snapshot().rotatedTo(next.snapshot())) {
            // Section 5.3.11, which lets a repository recover from versions that a thief drove up.
            // Before the new root is written: a kill in between costs a download, never the recovery.
            folder.delete("timestamp");
            folder.delete("snapshot");
        }
        folder.write("root", bytes);
        return next;
    }

    /** Section 5.4. */
    private Timestamp updateTimestamp(Root root, Instant start) {
        Optional<Timestamp> old =
                stored("timestamp", MetadataReader::timestamp, root.timestamp()).map(Signed::content);
        byte[] bytes = Downloads.bytes(metadata, "timestamp.json", LONGEST_TIMESTAMP);
        Signed<Timestamp> signed = MetadataReader.timestamp(bytes);
        root.timestamp().verify(signed, "timestamp");
        Timestamp timestamp = signed.content();
        if (old.isPresent()) {
            if (timestamp.version() == old.get().version()) {
                requireFresh("timestamp", old.get(), start);
                return old.get();
            }
            requireNoRollback("timestamp", old.get().version(), timestamp.version());
            requireNoRollback(
                    "snapshot",
                    old.get().snapshot().version(),
                    timestamp.snapshot().version());
        }
        requireFresh("timestamp", timestamp, start);
        folder.write("timestamp", bytes);
        return timestamp;
    }

    /** Section 5.5. */
    private Snapshot updateSnapshot(Root root, Timestamp timestamp, Instant start) {
        MetaFile file = timestamp.snapshot();
        Optional<Signed<Snapshot>> known = stored("snapshot", MetadataReader::snapshot, root.snapshot());
        Optional<Snapshot> old = known.map(Signed::content);
        if (old.isPresent()
                && old.get().version() == file.version()
                && matches(known.get().bytes(), file)) {
            requireFresh("snapshot", old.get(), start);
            return old.get();
        }
        byte[] news = download("snapshot", root.consistentSnapshot(), file, LONGEST_SNAPSHOT);
        Signed<Snapshot> signed = MetadataReader.snapshot(news);
        root.snapshot().verify(signed, "snapshot");
        Snapshot snapshot = signed.content();
        requireVersion("snapshot", snapshot, file.version());
        old.ifPresent(trust -> trust.roles().forEach((role, meta) -> {
            MetaFile now = snapshot.roles().get(role);
            if (now == null) {
                throw new TufException(
                        Code.ROLLBACK,
                        "The snapshot no longer lists the role " + role
                                + ", which it did before: ask the repository's owner");
            }
            requireNoRollback(role, meta.version(), now.version());
        }));
        requireFresh("snapshot", snapshot, start);
        folder.write("snapshot", news);
        return snapshot;
    }

    /** Sections 5.6 and 5.6.7.1: a role's metadata as one delegator vouches for it, whoever else may have done so before. */
    private Targets updateTargets(boolean consistent, String role, RoleKeys keys, MetaFile file, Instant start) {
        Optional<Signed<Targets>> old = storedTargets(role, keys, file);
        if (old.isPresent()) {
            requireFresh(role, old.get().content(), start);
            return old.get().content();
        }
        byte[] bytes = download(role, consistent, file, LONGEST_TARGETS);
        Signed<Targets> signed = MetadataReader.targets(bytes);
        keys.verify(signed, role);
        requireVersion(role, signed.content(), file.version());
        requireFresh(role, signed.content(), start);
        folder.write(role, bytes);
        read.put(role, signed);
        return signed.content();
    }

    private Optional<Signed<Targets>> storedTargets(String role, RoleKeys keys, MetaFile file) {
        try {
            Signed<Targets> signed = read.get(role);
            if (signed == null) {
                Optional<byte[]> bytes = folder.read(role);
                if (bytes.isEmpty()) {
                    return Optional.empty();
                }
                signed = MetadataReader.targets(bytes.get());
            }
            if (signed.content().version() != file.version() || !matches(signed.bytes(), file)) {
                return Optional.empty();
            }
            keys.verify(signed, role);
            read.put(role, signed);
            return Optional.of(signed);
        } catch (TufException refusal) {
            return unusable(refusal);
        }
    }

    /**
     * Looks for a target in the top-level role and then, in pre-order, in the roles it delegates the path to (section 5.6.7).
     *
     * @throws TufException if a role on the way cannot be had or is not good: then nobody knows what it would have said
     */
    public Optional<TargetFile> find(String path) {
        return refusing(() -> search(path));
    }

    private Optional<TargetFile> search(String path) {
        Trusted now = trusted();
        Set<String> visited = new HashSet<>();
        TargetFile own = now.targets().targets().get(path);
        if (own != null) {
            return Optional.of(own);
        }
        Deque<Delegation> stack = new ArrayDeque<>();
        push(stack, now.targets().delegations(), path);
        while (!stack.isEmpty()) {
            Delegation delegation = stack.pop();
            if (!visited.add(delegation.name())) {
                continue;
            }
            if (visited.size() > MOST_ROLES) {
                throw new TufException(
                        Code.LIMIT,
                        "More than " + MOST_ROLES + " roles may speak of " + path + ": ask the repository's owner");
            }
            Targets role = delegated(delegation);
            TargetFile target = role.targets().get(path);
            if (target != null) {
                return Optional.of(target);
            }
            push(stack, role.delegations(), path);
        }
        return Optional.empty();
    }

    /** The delegations that cover the path, the first on top; below a terminating one nothing is looked at any more. */
    private static void push(Deque<Delegation> stack, List<Delegation> delegations, String path) {
        Deque<Delegation> covering = new ArrayDeque<>();
        for (Delegation delegation : delegations) {
            if (delegation.paths().covers(path)) {
                covering.push(delegation);
                if (delegation.terminating()) {
                    stack.clear();
                    break;
                }
            }
        }
        covering.forEach(stack::push);
    }

    private Targets delegated(Delegation delegation) {
        Trusted now = trusted();
        MetaFile file = listed(now.snapshot(), delegation.name());
        try (FolderLock _ = folder.lock()) {
            return updateTargets(
                    now.root().consistentSnapshot(), delegation.name(), delegation.keys(), file, now.start());
        }
    }

    /**
     * Downloads a target that {@link #find} found (section 5.7). A file that is there already and has its length and hashes is kept;
     * an earlier attempt that broke off is gone on with.
     */
    public void download(TargetFile target, Fetcher targets, Path file) {
        refusing(() -> {
            Downloads.target(targets, remotePath(target), target, file);
            return true;
        });
    }

    /** The bytes of a small target, such as an index, of at most so many bytes. */
    public byte[] read(TargetFile target, Fetcher targets, long most) {
        return refusing(() -> readAll(target, targets, most));
    }

    private byte[] readAll(TargetFile target, Fetcher targets, long most) {
        if (target.length() > most) {
            throw new TufException(
                    Code.LIMIT,
                    target.path() + " has " + target.length() + " bytes, more than the " + most + " allowed");
        }
        Hashes hashes = new Hashes(target.path(), target.hashes());
        byte[] bytes = Downloads.bytes(targets, remotePath(target), target.length());
        hashes.update(bytes, bytes.length);
        hashes.check();
        return bytes;
    }

    private String remotePath(TargetFile target) {
        int name = target.path().lastIndexOf('/') + 1;
        String prefix =
                trusted().root().consistentSnapshot() ? new Hashes(target.path(), target.hashes()).name() + "." : "";
        return UrlPath.encodeParts(
                target.path().substring(0, name) + prefix + target.path().substring(name));
    }

    /** Whatever goes wrong unforeseen, in a fetcher, the file system or a provider of cryptography, is a refusal. */
    private static <T> T refusing(Supplier<T> work) {
        try {
            return work.get();
        } catch (TufException refusal) {
            throw refusal;
        } catch (RuntimeException e) {
            throw new TufException(
                    Code.FAILED,
                    "The repository could not be checked (" + e
                            + "), so nothing of it is believed: try again, and report it if that does not help",
                    e);
        }
    }

    private Trusted trusted() {
        if (trusted == null) {
            throw new TufException(Code.NOT_INITIALIZED, "The metadata is not up to date: refresh first");
        }
        return trusted;
    }

    private Optional<byte[]> find(String path, long most) {
        try {
            return Optional.of(Downloads.bytes(metadata, path, most));
        } catch (TufException e) {
            if (e.code() == Code.NOT_FOUND) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private byte[] download(String role, boolean consistent, MetaFile file, long most) {
        String path = (consistent ? file.version() + "." : "") + UrlPath.encode(role) + ".json";
        long length = file.length().map(announced -> Math.min(announced, most)).orElse(most);
        byte[] bytes = Downloads.bytes(metadata, path, length);
        if (!file.hashes().isEmpty()) {
            Hashes hashes = new Hashes("The " + role + " metadata", file.hashes());
            hashes.update(bytes, bytes.length);
            hashes.check();
        }
        return bytes;
    }

    private static boolean matches(byte[] bytes, MetaFile file) {
        if (file.length().isPresent() && file.length().get() != bytes.length) {
            return false;
        }
        if (file.hashes().isEmpty()) {
            return true;
        }
        try {
            Hashes hashes = new Hashes("The stored metadata", file.hashes());
            hashes.update(bytes, bytes.length);
            hashes.check();
            return true;
        } catch (TufException _) {
            return false;
        }
    }

    /** What is stored of a role, if the keys of now vouch for it; a file that was changed on disk is as good as none. */
    private <T extends Metadata> Optional<Signed<T>> stored(
            String role, Function<byte[], Signed<T>> reader, RoleKeys keys) {
        try {
            return folder.read(role).map(bytes -> {
                Signed<T> signed = reader.apply(bytes);
                keys.verify(signed, role);
                return signed;
            });
        } catch (TufException refusal) {
            return unusable(refusal);
        }
    }

    private static <T> Optional<T> unusable(TufException refusal) {
        if (refusal.code() == Code.STORAGE) {
            throw refusal;
        }
        return Optional.empty();
    }

    private static MetaFile listed(Snapshot snapshot, String role) {
        MetaFile file = snapshot.roles().get(role);
        if (file == null) {
            throw new TufException(
                    Code.NOT_FOUND, "The snapshot does not list the role " + role + ": ask the repository's owner");
        }
        return file;
    }

    private static void requireVersion(String role, Metadata metadata, int expected) {
        if (metadata.version() != expected) {
            throw new TufException(
                    Code.MISMATCH,
                    "The " + role + " metadata has version " + metadata.version() + " instead of " + expected
                            + ": someone changed it, or the repository is half published; try again later");
        }
    }

    private static void requireNoRollback(String role, int trusted, int offered) {
        if (offered < trusted) {
            throw new TufException(
                    Code.ROLLBACK,
                    "The repository offers version " + offered + " of the " + role + " metadata, but " + trusted
                            + " is known here: it was set back, or a mirror is stale; try another, or ask its owner");
        }
    }

    private static void requireFresh(String role, Metadata metadata, Instant start) {
        if (!metadata.expires().isAfter(start)) {
            throw new TufException(
                    Code.EXPIRED,
                    "The " + role + " metadata expired at " + metadata.expires() + ", and now is " + start
                            + ": check the clock; if it is right, the repository is not kept up or someone withholds its news");
        }
    }
}
