package dev.apprentice.skills.internal;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The manifest headers a skill may have; whatever is not named here is refused, since Felix acts on many and checks none. */
final class HeaderRules {
    private static final Set<String> DESCRIPTIVE = Set.of(
            "Created-By",
            "Build-Jdk-Spec",
            "Build-Tool-Jdk-Spec",
            "Java-Version",
            "Bundle-Name",
            "Bundle-Description",
            "Bundle-Vendor",
            "Bundle-License",
            "Bundle-Copyright");
    private static final String SKILL_API = "dev\\.apprentice\\.skill(;version=\"[\\[(][0-9.]+,[0-9.]+[\\])]\")?";
    private static final String JAVA_ONLY = "osgi\\.ee;filter:=\"\\(&\\(osgi\\.ee=JavaSE\\)\\(version=[0-9.]+\\)\\)\"";

    private HeaderRules() {}

    static void check(Map<String, String> headers, SkillDescriptor descriptor) {
        require(headers, "Manifest-Version", "1.0");
        require(headers, "Bundle-ManifestVersion", "2");
        require(headers, "Bundle-SymbolicName", "skill." + descriptor.id());
        require(headers, "Bundle-Version", descriptor.version().toString());
        new TreeMap<>(headers).forEach((name, value) -> checkOne(name, value, descriptor));
    }

    private static void checkOne(String name, String value, SkillDescriptor descriptor) {
        boolean allowed = switch (name) {
            case "Manifest-Version", "Bundle-ManifestVersion", "Bundle-SymbolicName", "Bundle-Version" -> true;
            case "Import-Package" -> descriptor.code().isPresent() && value.matches(SKILL_API);
            case "Require-Capability" -> value.matches(JAVA_ONLY);
            default -> DESCRIPTIVE.contains(name);
        };
        if (!allowed) {
            throw Refusal.admission(
                    "The manifest has the header '" + name + ": " + value
                            + "', which a skill may not have: remove it (skills with code may import dev.apprentice.skill, nothing else)");
        }
    }

    private static void require(Map<String, String> headers, String name, String expected) {
        String found = headers.get(name);
        if (!expected.equals(found)) {
            throw Refusal.admission(
                    "The manifest needs '" + name + ": " + expected + "', but has '" + found + "': mend it");
        }
    }
}
