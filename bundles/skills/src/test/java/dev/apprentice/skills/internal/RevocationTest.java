package dev.apprentice.skills.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.apprentice.skills.InstalledSkill;
import dev.apprentice.skills.InstalledSkill.State;
import dev.apprentice.skills.Revocations;
import dev.apprentice.skills.Revocations.Revocation;
import dev.apprentice.skills.SkillException;
import dev.apprentice.store.AuditEntry;
import dev.apprentice.store.AuditEvent;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RevocationTest {
    private static final byte[] FIRST = new SkillJar("1.0.0").build();
    private static final byte[] SECOND = new SkillJar("1.1.0").build();

    @TempDir
    Path home;

    private static Revocations revocations(TestShelf shelf) {
        return new RevokedVersions(new RevocationTable(shelf.store), shelf.skills::recheck);
    }

    private static void install(TestShelf shelf, byte[] jar) {
        shelf.skills.install(TestShelf.signed(jar, TestShelf.PUBLISHER));
    }

    @Test
    void aRevokedVersionStopsAtOnceStaysStoppedAfterARestartAndKeepsWhatItLearned() throws Exception {
        String commit;
        try (TestShelf shelf = new TestShelf(home)) {
            install(shelf, FIRST);
            commit = shelf.skills.serving("test").orElseThrow().commit();
            revocations(shelf).replace("market", List.of(new Revocation("test", "1.0.0", "it lies")));
            assertThat(shelf.skills.serving("test")).isEmpty();
            assertThat(shelf.bundles()).isEmpty();
        }
        try (TestShelf shelf = new TestShelf(home)) {
            InstalledSkill stopped = shelf.skills.find("test").orElseThrow();
            assertThat(stopped.state()).isEqualTo(State.QUARANTINED);
            assertThat(stopped.problem()).contains("it lies", "marketplace market");
            assertThat(shelf.store.audit().latest(1)).singleElement().satisfies(entry -> {
                assertThat(entry.event()).isEqualTo(AuditEvent.SKILL_QUARANTINED);
                assertThat(entry.detail()).contains("it lies");
            });
            install(shelf, SECOND);
            assertThat(shelf.skills.serving("test").orElseThrow().version()).isEqualTo("1.1.0");
            revocations(shelf).replace("market", List.of());
            shelf.skills.rollBackToVersion("test", "1.0.0");
            assertThat(shelf.skills.serving("test").orElseThrow().commit()).isEqualTo(commit);
        }
    }

    @Test
    void aStoppedSkillGoesBackToAVersionThatMayRun() throws Exception {
        try (TestShelf shelf = new TestShelf(home)) {
            install(shelf, FIRST);
            String commit = shelf.skills.serving("test").orElseThrow().commit();
            install(shelf, SECOND);
            revocations(shelf).replace("market", List.of(new Revocation("test", "1.1.0", "it lies")));
            assertThat(shelf.skills.serving("test")).isEmpty();
            refuse(() -> shelf.skills.rollBackToVersion("test", "1.1.0"));
            shelf.skills.rollBackToVersion("test", "1.0.0");
            assertThat(shelf.skills.serving("test").orElseThrow().version()).isEqualTo("1.0.0");
            assertThat(shelf.skills.serving("test").orElseThrow().commit()).isEqualTo(commit);
        }
        try (TestShelf shelf = new TestShelf(home)) {
            assertThat(shelf.skills.serving("test").orElseThrow().version()).isEqualTo("1.0.0");
        }
    }

    @Test
    void aRevokedVersionIsNeitherInstalledNorRolledBackTo() throws Exception {
        try (TestShelf shelf = new TestShelf(home)) {
            install(shelf, FIRST);
            install(shelf, SECOND);
            Revocations revocations = revocations(shelf);
            revocations.replace("market", List.of(new Revocation("test", "1.0.0", "it lies")));
            assertThat(shelf.skills.serving("test").orElseThrow().version()).isEqualTo("1.1.0");
            refuse(() -> shelf.skills.rollBackToVersion("test", "1.0.0"));
            revocations.replace("other", List.of(new Revocation("test", Revocations.EVERY_VERSION, "all of it")));
            assertThat(shelf.skills.serving("test")).isEmpty();
            refuse(() -> install(shelf, new SkillJar("1.2.0").build()));
            revocations.replace("other", List.of());
            assertThat(shelf.skills.serving("test").orElseThrow().version())
                    .as("a revocation that is taken back frees the skill")
                    .isEqualTo("1.1.0");
            assertThat(shelf.store.audit().latest(99).stream().map(AuditEntry::event))
                    .contains(AuditEvent.SKILL_REFUSED, AuditEvent.SKILL_QUARANTINED);
        }
    }

    private static void refuse(Runnable work) {
        assertThatThrownBy(work::run)
                .isInstanceOfSatisfying(
                        SkillException.class,
                        refusal -> assertThat(refusal.code())
                                .as(refusal.getMessage())
                                .isEqualTo(SkillException.Code.REVOKED));
    }
}
