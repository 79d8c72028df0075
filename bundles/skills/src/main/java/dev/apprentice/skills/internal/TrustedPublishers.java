package dev.apprentice.skills.internal;

import dev.apprentice.signing.verify.TrustStore;
import dev.apprentice.signing.verify.TrustedPublisher;
import dev.apprentice.skills.Publishers;
import dev.apprentice.skills.SkillException;
import dev.apprentice.store.AuditEvent;
import dev.apprentice.store.AuditLog;
import java.util.List;
import java.util.function.Supplier;

/** The trust store for people: each change is audited and holds at once for the skills that are installed. */
final class TrustedPublishers implements Publishers {
    private final TrustStore trust;
    private final AuditLog audit;
    private final Runnable recheck;

    TrustedPublishers(TrustStore trust, AuditLog audit, Runnable recheck) {
        this.trust = trust;
        this.audit = audit;
        this.recheck = recheck;
    }

    @Override
    public List<Publisher> list() {
        return refusing(
                () -> trust.list().stream().map(TrustedPublishers::describe).toList());
    }

    @Override
    public Publisher trust(String pem) {
        TrustedPublisher publisher = refusing(() -> trust.add(pem));
        audit.append(AuditEvent.PUBLISHER_TRUSTED, publisher.name(), publisher.fingerprint());
        recheck.run();
        return describe(publisher);
    }

    @Override
    public void distrust(String fingerprint) {
        if (list().stream().noneMatch(publisher -> publisher.fingerprint().equals(fingerprint))) {
            throw new SkillException(
                    SkillException.Code.NOT_FOUND,
                    "No publisher " + fingerprint + " is trusted: see the list of publishers");
        }
        refusing(() -> {
            trust.remove(fingerprint);
            return fingerprint;
        });
        audit.append(AuditEvent.PUBLISHER_DISTRUSTED, fingerprint, "removed from the trust store");
        recheck.run();
    }

    private static Publisher describe(TrustedPublisher publisher) {
        return new Publisher(
                publisher.name(),
                publisher.fingerprint(),
                publisher.kind() == TrustedPublisher.Kind.AUTHORITY,
                publisher.notAfter());
    }

    private static <T> T refusing(Supplier<T> work) {
        try {
            return work.get();
        } catch (RuntimeException failure) {
            throw Refusal.of(failure);
        }
    }
}
