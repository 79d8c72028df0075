package dev.apprentice.signing.verify.tuf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.apprentice.signing.verify.tuf.TufException.Code;
import org.junit.jupiter.api.Test;

class ExpirationConformanceTest extends Conformance {
    @Test
    void rootExpired() {
        init();
        refreshes();
        repo.publish("root");
        refreshes();
        repo.expires("root", -1);
        repo.publish("root", "targets", "snapshot", "timestamp");
        refuses(Code.EXPIRED);
        assertThat(trusted()).containsExactly("root 3", "snapshot 1", "targets 1", "timestamp 1");
    }

    @Test
    void timestampExpired() {
        init();
        refreshes();
        repo.expires("timestamp", -5);
        repo.publish("timestamp");
        refuses(Code.EXPIRED);
        assertThat(trusted()).containsExactly("root 1", "snapshot 1", "targets 1", "timestamp 1");
    }

    @Test
    void snapshotExpired() {
        init();
        refreshes();
        repo.expires("snapshot", -5);
        repo.publish("snapshot", "timestamp");
        refuses(Code.EXPIRED);
        assertThat(trusted()).containsExactly("root 1", "snapshot 1", "targets 1", "timestamp 2");
    }

    @Test
    void targetsExpired() {
        init();
        refreshes();
        repo.expires("targets", -5);
        repo.publish("targets", "snapshot", "timestamp");
        refuses(Code.EXPIRED);
        assertThat(trusted()).containsExactly("root 1", "snapshot 2", "targets 1", "timestamp 2");
    }

    @Test
    void expiredLocalRoot() {
        init();
        repo.expires("root", 7);
        repo.publish("root");
        refreshes();
        repo.expires("root", 21);
        repo.publish("root");
        assertThat(refresh(18)).isEmpty();
        assertThat(trusted()).contains("root 3");
    }

    @Test
    void expiredLocalTimestamp() {
        init();
        repo.expires("timestamp", 7);
        repo.publish("timestamp");
        refreshes();
        repo.expires("timestamp", 21);
        repo.publish("targets", "snapshot", "timestamp");
        assertThat(refresh(18)).isEmpty();
        assertThat(trusted()).containsExactly("root 1", "snapshot 2", "targets 2", "timestamp 3");
    }
}
