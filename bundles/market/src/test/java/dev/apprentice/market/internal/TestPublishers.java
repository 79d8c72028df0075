package dev.apprentice.market.internal;

import dev.apprentice.signing.verify.TrustStore;
import dev.apprentice.signing.verify.TrustedPublisher;
import dev.apprentice.skills.Publishers;
import java.util.List;

/** A real trust store behind the service of that name. */
record TestPublishers(TrustStore trust) implements Publishers {
    @Override
    public List<Publisher> list() {
        return trust.list().stream().map(TestPublishers::of).toList();
    }

    @Override
    public Publisher trust(String pem) {
        return of(trust.add(pem));
    }

    @Override
    public void distrust(String fingerprint) {
        trust.remove(fingerprint);
    }

    private static Publisher of(TrustedPublisher publisher) {
        return new Publisher(
                publisher.name(),
                publisher.fingerprint(),
                publisher.kind() == TrustedPublisher.Kind.AUTHORITY,
                publisher.notAfter());
    }
}
