package dev.apprentice.market.internal;

import dev.apprentice.market.MarketException;
import dev.apprentice.market.MarketException.Code;
import dev.apprentice.signing.verify.SigningException;
import dev.apprentice.signing.verify.TrustStore;
import dev.apprentice.signing.verify.TrustedPublisher;
import dev.apprentice.signing.verify.TrustedPublisher.Kind;
import dev.apprentice.signing.verify.tuf.Metadata.TargetFile;
import dev.apprentice.skills.Revocations.Revocation;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** One marketplace in use. What it says is read again whenever its metadata names other content. */
final class OpenMarket {
    private static final long LONGEST_REVOCATIONS = 16 << 20;
    private static final long LONGEST_PEM = 64 << 10;

    private final String name;
    private final MarketFolder folder;
    private final IndexFiles index;
    private final ReentrantLock reading = new ReentrantLock();
    private final ReentrantLock changing = new ReentrantLock();
    private volatile @Nullable Catalogue catalogue;
    private volatile boolean closed;

    OpenMarket(String name, MarketFolder folder) {
        this.name = name;
        this.folder = folder;
        this.index = new IndexFiles(name, folder, this::require);
    }

    /** A publisher as the marketplace vouches for it. */
    record Introduced(TrustedPublisher publisher, String pem) {}

    String name() {
        return name;
    }

    MarketFolder folder() {
        return folder;
    }

    /** For one refresh, or the removal, at a time. */
    ReentrantLock changing() {
        return changing;
    }

    /** Whether it has been removed while someone was still at work with it. */
    boolean closed() {
        return closed;
    }

    void close() {
        closed = true;
    }

    /** What it offers; while someone reads a new index, others go on with the one before. */
    Catalogue catalogue() {
        Catalogue before = catalogue;
        return before != null && reading.isLocked() ? before : read();
    }

    /** What it offers by the newest metadata that is here. */
    Catalogue read() {
        reading.lock();
        try {
            Catalogue known = catalogue;
            if (known == null || !index.isCurrent()) {
                known = new Catalogue(index.read());
                catalogue = known;
            }
            return known;
        } finally {
            reading.unlock();
        }
    }

    List<Revocation> revocations() {
        return RevocationReader.read(name, folder.read(require("revocations.json"), LONGEST_REVOCATIONS));
    }

    Introduced publisher(String namespace) {
        byte[] bytes = folder.read(require("publishers/" + namespace + ".pem"), LONGEST_PEM);
        String pem = new String(bytes, StandardCharsets.UTF_8);
        try {
            TrustedPublisher publisher = TrustStore.read(pem);
            if (publisher.kind() != Kind.PUBLISHER) {
                throw new MarketException(
                        Code.REFUSED,
                        "Marketplace " + name + " introduces " + namespace
                                + " by the certificates of an authority: its owner must publish the publisher's own");
            }
            return new Introduced(publisher, pem);
        } catch (SigningException refusal) {
            throw Refusal.of(name, refusal);
        }
    }

    /** What the metadata says of a target that must be there. */
    TargetFile require(String path) {
        return folder.find(path)
                .orElseThrow(() -> new MarketException(
                        Code.NOT_FOUND,
                        "Marketplace " + name + " does not vouch for " + path + ": refresh it, or ask its owner"));
    }
}
