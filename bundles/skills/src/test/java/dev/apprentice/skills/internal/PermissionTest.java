package dev.apprentice.skills.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.apprentice.learning.Learning.LearnedState;
import dev.apprentice.skill.SkillPrompt;
import dev.apprentice.skills.Consent;
import dev.apprentice.skills.InstalledSkill;
import dev.apprentice.skills.Permission;
import dev.apprentice.skills.SkillException;
import dev.apprentice.skills.SkillException.Code;
import dev.apprentice.skills.SkillOffer;
import dev.apprentice.skills.SkillPackage;
import dev.apprentice.store.AuditEntry;
import dev.apprentice.store.AuditEvent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is agreed to is granted, what is not agreed to is not, through every change of a skill. */
class PermissionTest {
    private static final SkillPackage PLAIN =
            skill("1.0.0", "", "@Override public String finish(String answer) { return answer; }");
    private static final SkillPackage COUNTING = skill("1.1.0", "\"files\"", """
            private dev.apprentice.skill.SkillFiles files;
            @Override public void open(dev.apprentice.skill.SkillFiles opened) { files = opened; }
            @Override public String finish(String answer) {
                files.write("calls", files.read("calls").orElse("") + "i");
                return files.read("calls").get();
            }
            """);
    private static final SkillPackage DATED = skill(
            "1.2.0",
            "\"files\", \"read_clock\"",
            "@Override public String finish(String answer) { return java.time.LocalDate.now().toString(); }");
    private static final Consent ALL = Consent.to(List.of("files", "read_clock"));

    @TempDir
    Path home;

    private static SkillPackage skill(String version, String permissions, String body) {
        String source = """
                package sample;
                public final class Code implements dev.apprentice.skill.SkillExtension {
                    %s
                }
                """.formatted(body);
        return TestShelf.signed(new SkillJar(version)
                .code("sample.Code", source)
                .describe("\"id\":", "\"permissions\": [" + permissions + "], \"id\":"));
    }

    @Test
    void skillThatAsksIsInstalledWithConsentOnly() throws Exception {
        try (TestShelf shelf = new TestShelf(home)) {
            refuse(shelf, DATED, Consent.NONE, "--allow files --allow read_clock");
            refuse(shelf, DATED, Consent.to(List.of("files")), "--allow read_clock");
            assertThat(shelf.skills.list()).isEmpty();
            assertThat(shelf.bundles()).isEmpty();
            InstalledSkill skill = shelf.skills.install(DATED, ALL);
            assertThat(skill.permissions()).containsExactly("files", "read_clock");
            assertThat(shelf.store.audit().latest(1))
                    .singleElement()
                    .extracting(AuditEntry::detail)
                    .asString()
                    .contains("permissions [files, read_clock]");
        }
    }

    @Test
    void updateThatAsksForMoreWaitsForConsent() throws Exception {
        try (TestShelf shelf = new TestShelf(home)) {
            shelf.skills.install(PLAIN);
            SkillOffer offer = shelf.skills.examine(COUNTING);
            assertThat(offer.installed()).contains("1.0.0");
            assertThat(offer.newPermissions()).containsExactly(Permission.FILES);
            refuse(shelf, COUNTING, Consent.NONE, "--allow files");
            assertThat(shelf.skills.find("test").orElseThrow().version()).isEqualTo("1.0.0");
            shelf.skills.install(COUNTING, Consent.to(List.of("files")));
            assertThat(shelf.skills.examine(DATED).newPermissions()).containsExactly(Permission.READ_CLOCK);
            refuse(shelf, DATED, Consent.NONE, "--allow read_clock");
            assertThat(shelf.skills
                            .install(DATED, Consent.to(List.of("read_clock")))
                            .permissions())
                    .containsExactly("files", "read_clock");
        }
    }

    @Test
    void updateThatAsksForNoMoreNeedsNoConsent() throws Exception {
        SkillPackage next = skill("2.0.0", "\"files\"", "");
        SkillPackage less = skill("3.0.0", "", "");
        try (TestShelf shelf = new TestShelf(home)) {
            shelf.skills.install(COUNTING, ALL);
            assertThat(shelf.skills.find("test").orElseThrow().permissions())
                    .as("what it does not ask for is not granted")
                    .containsExactly("files");
            assertThat(shelf.skills.install(next).permissions()).containsExactly("files");
            assertThat(shelf.skills.install(less).permissions()).isEmpty();
            refuse(shelf, skill("4.0.0", "\"files\"", ""), Consent.NONE, "--allow files");
        }
    }

    @Test
    void rollbackBringsBackWhatWasAgreedToThen() throws Exception {
        try (TestShelf shelf = new TestShelf(home)) {
            shelf.skills.install(PLAIN);
            shelf.skills.install(COUNTING, ALL);
            shelf.skills.install(DATED, ALL);
            assertThat(shelf.skills.rollBackToVersion("test", "1.0.0").permissions())
                    .isEmpty();
            assertThat(shelf.skills.rollBackToVersion("test", "1.1.0").permissions())
                    .containsExactly("files");
            assertThat(shelf.store.audit().latest(1))
                    .singleElement()
                    .extracting(AuditEntry::detail)
                    .asString()
                    .contains("permissions [files]");
        }
    }

    @Test
    void consentEndsWithRemoval() throws Exception {
        try (TestShelf shelf = new TestShelf(home)) {
            shelf.skills.install(COUNTING, ALL);
            shelf.skills.remove("test", LearnedState.KEEP);
            refuse(shelf, COUNTING, Consent.NONE, "--allow files");
        }
    }

    @Test
    void consentTakenOutOfTheDatabaseQuarantinesAtStart() throws Exception {
        try (TestShelf shelf = new TestShelf(home)) {
            shelf.skills.install(COUNTING, ALL);
            shelf.store.inTransaction(connection -> {
                try (PreparedStatement forget =
                        connection.prepareStatement("UPDATE skill_version SET permissions = ''")) {
                    return forget.executeUpdate();
                }
            });
        }
        try (TestShelf shelf = new TestShelf(home)) {
            InstalledSkill skill = shelf.skills.find("test").orElseThrow();
            assertThat(skill.state()).isEqualTo(InstalledSkill.State.QUARANTINED);
            assertThat(skill.problem()).contains("--allow files");
            assertThat(shelf.bundles()).isEmpty();
            assertThat(shelf.skills.install(COUNTING, ALL).state())
                    .as("the remedy that the problem names")
                    .isEqualTo(InstalledSkill.State.SERVING);
        }
    }

    @Test
    void textsOutliveRestartsAndUpdatesAndGoWithWhatWasLearned() throws Exception {
        Path texts = home.resolve("skill-files").resolve("test");
        try (TestShelf shelf = new TestShelf(home)) {
            shelf.skills.install(COUNTING, ALL);
            assertThat(finish(shelf)).isEqualTo("i");
        }
        try (TestShelf shelf = new TestShelf(home)) {
            assertThat(finish(shelf)).isEqualTo("ii");
            var before = shelf.skills.serving("test").orElseThrow();
            shelf.skills.remove("test", LearnedState.KEEP);
            assertThat(before.finish("plain")).as("a removed skill").isEqualTo("plain");
            assertThat(texts.resolve("calls.txt")).hasContent("ii");
            shelf.skills.install(COUNTING, ALL);
            assertThat(finish(shelf)).isEqualTo("iii");
            shelf.skills.remove("test", LearnedState.DESTROY);
            assertThat(texts).doesNotExist();
            assertThat(Files.list(home.resolve("skill-files"))).isEmpty();
        }
    }

    private static String finish(TestShelf shelf) {
        var serving = shelf.skills.serving("test").orElseThrow();
        assertThat(serving.prepare(new SkillPrompt("x", ""))).isNotEmpty();
        return serving.finish("plain");
    }

    @Test
    void unknownPermissionsCannotBeAgreedTo() {
        assertThatThrownBy(() -> Consent.to(List.of("outbound_network")))
                .isInstanceOfSatisfying(
                        SkillException.class,
                        refusal -> assertThat(refusal.code()).isEqualTo(Code.CONSENT))
                .hasMessageContaining("outbound_network")
                .hasMessageContaining("files, read_clock");
    }

    private static void refuse(TestShelf shelf, SkillPackage file, Consent consent, String remedy) {
        List<InstalledSkill> before = shelf.skills.list();
        assertThatThrownBy(() -> shelf.skills.install(file, consent))
                .isInstanceOfSatisfying(
                        SkillException.class,
                        refusal -> assertThat(refusal.code()).isEqualTo(Code.CONSENT))
                .message()
                .endsWith(" " + remedy);
        assertThat(shelf.skills.list()).isEqualTo(before);
        assertThat(shelf.store.audit().latest(1)).singleElement().satisfies(entry -> {
            assertThat(entry.event()).isEqualTo(AuditEvent.SKILL_REFUSED);
            assertThat(entry.detail()).startsWith("CONSENT: ");
        });
    }
}
