package dev.apprentice.skills.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.apprentice.skills.Consent;
import dev.apprentice.skills.InstalledSkill;
import dev.apprentice.skills.Permission;
import dev.apprentice.skills.ServingSkill;
import dev.apprentice.skills.SkillException;
import dev.apprentice.skills.SkillException.Code;
import dev.apprentice.skills.SkillPackage;
import dev.apprentice.store.AuditEvent;
import java.util.List;
import java.util.Set;

/** What every attack by a file must come to: a refusal with its reason, an audit entry, and nothing changed. */
final class Refused {
    private static final Consent ALL = new Consent(Set.of(Permission.values()));

    private Refused() {}

    /** Offers a file, agreeing to whatever it may ask for. */
    static void with(TestShelf shelf, SkillPackage file, Code code, String reason) {
        List<InstalledSkill> skills = shelf.skills.list();
        List<String> bundles = shelf.bundles();
        String commit = commit(shelf);
        assertThatThrownBy(() -> shelf.skills.install(file, ALL))
                .isInstanceOfSatisfying(
                        SkillException.class,
                        refusal -> assertThat(refusal.code())
                                .as(refusal.getMessage())
                                .isEqualTo(code))
                .hasMessageContaining(reason);
        assertThat(shelf.skills.list()).isEqualTo(skills);
        assertThat(shelf.bundles()).isEqualTo(bundles);
        assertThat(commit(shelf)).isEqualTo(commit);
        assertThat(shelf.store.audit().latest(1)).singleElement().satisfies(entry -> {
            assertThat(entry.event()).isEqualTo(AuditEvent.SKILL_REFUSED);
            assertThat(entry.detail()).startsWith(code + ": ").contains(reason);
        });
    }

    private static String commit(TestShelf shelf) {
        return shelf.skills.serving("test").map(ServingSkill::commit).orElse("");
    }
}
