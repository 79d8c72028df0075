package dev.apprentice.console.internal;

import dev.apprentice.skills.SkillPackage;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.Optional;

/** Uploads that wait for their user's consent: the latest few, for a short time, each under a name that cannot be guessed. */
final class PendingUploads {
    private static final int MOST = 2;
    private static final Duration LIFE = Duration.ofMinutes(15);
    private static final int NAME_BYTES = 16;

    private final InstantSource clock;
    private final Deque<Pending> uploads = new ArrayDeque<>();

    PendingUploads(InstantSource clock) {
        this.clock = clock;
    }

    private record Pending(String name, SkillPackage file, Instant until) {}

    synchronized String keep(SkillPackage file) {
        byte[] name = new byte[NAME_BYTES];
        new SecureRandom().nextBytes(name);
        Pending pending = new Pending(
                HexFormat.of().formatHex(name), file, clock.instant().plus(LIFE));
        forgetOld();
        if (uploads.size() == MOST) {
            uploads.removeFirst();
        }
        uploads.addLast(pending);
        return pending.name;
    }

    /** Hands an upload out, once. */
    synchronized Optional<SkillPackage> take(String name) {
        forgetOld();
        Optional<Pending> found =
                uploads.stream().filter(upload -> upload.name.equals(name)).findFirst();
        found.ifPresent(uploads::remove);
        return found.map(Pending::file);
    }

    private void forgetOld() {
        uploads.removeIf(upload -> upload.until.isBefore(clock.instant()));
    }
}
