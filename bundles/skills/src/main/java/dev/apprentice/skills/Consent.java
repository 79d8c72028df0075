package dev.apprentice.skills;

import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a user agreed that a skill may do, when installing or updating it.
 *
 * @param permissions those agreed to; what the skill does not ask for is not granted either
 */
public record Consent(Set<Permission> permissions) {
    /** Agreed to nothing: enough for a skill that asks for nothing, and for an update that asks for nothing more. */
    public static final Consent NONE = new Consent(Set.of());

    public Consent {
        permissions = Set.copyOf(permissions);
    }

    /**
     * Consent to permissions by their labels.
     *
     * @throws SkillException with code CONSENT if there is no permission of that label
     */
    public static Consent to(Collection<String> labels) {
        Set<Permission> permissions = EnumSet.noneOf(Permission.class);
        for (String label : labels) {
            permissions.add(Permission.of(label)
                    .orElseThrow(() -> new SkillException(
                            SkillException.Code.CONSENT,
                            "There is no permission '" + label + "' to agree to: there are " + known())));
        }
        return new Consent(permissions);
    }

    /** The labels of all permissions. */
    public static String known() {
        return Arrays.stream(Permission.values()).map(Permission::label).collect(Collectors.joining(", "));
    }
}
