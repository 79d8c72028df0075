package dev.apprentice.http.internal;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Optional;

/** The signed-in browsers; forgotten after twelve idle hours and at every restart. */
final class Sessions {
    private static final Duration IDLE = Duration.ofHours(12);
    private static final int MOST = 32;

    private final InstantSource clock;
    private final LinkedHashMap<String, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);

    Sessions(InstantSource clock) {
        this.clock = clock;
    }

    synchronized Session open() {
        Session session = new Session(Secrets.random(), Secrets.random());
        entries.put(session.id(), new Entry(session, clock.instant()));
        if (entries.size() > MOST) {
            entries.pollFirstEntry();
        }
        return session;
    }

    synchronized Optional<Session> find(String id) {
        Instant now = clock.instant();
        entries.values().removeIf(entry -> entry.lastUse.plus(IDLE).isBefore(now));
        return Optional.ofNullable(entries.computeIfPresent(id, (_, entry) -> new Entry(entry.session, now)))
                .map(Entry::session);
    }

    synchronized void close(Session session) {
        entries.remove(session.id());
    }

    private record Entry(Session session, Instant lastUse) {}
}
