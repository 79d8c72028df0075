package dev.apprentice.market.internal;

import dev.apprentice.market.CatalogueEntry;
import dev.apprentice.market.SkillDetails.Difference;
import dev.apprentice.signing.verify.TrustedPublisher;
import dev.apprentice.skills.InstalledSkill;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What installing a version would change of an installed skill. */
final class Differences {
    private final List<Difference> found = new ArrayList<>();

    private Differences() {}

    /**
     * Compares.
     *
     * @param before the installed version as the marketplace describes it, if it still offers it
     */
    static List<Difference> of(
            InstalledSkill installed,
            Optional<CatalogueEntry> before,
            CatalogueEntry after,
            TrustedPublisher publisher) {
        Differences differences = new Differences();
        differences.add("version", installed.version(), after.version());
        differences.add(
                "publisher",
                who(installed.publisher(), installed.publisherFingerprint()),
                who(publisher.name(), publisher.fingerprint()));
        differences.add("permissions", list(installed.permissions()), list(after.permissions()));
        differences.add("contains code", installed.dataOnly() ? "no" : "yes", after.code() ? "yes" : "no");
        before.ifPresent(known -> {
            differences.add(
                    "adapter", known.adapter().toString(), after.adapter().toString());
            differences.add("licence", known.licence(), after.licence());
        });
        return List.copyOf(differences.found);
    }

    private void add(String what, String from, String to) {
        if (!from.equals(to)) {
            found.add(new Difference(what, from, to));
        }
    }

    private static String who(String name, String fingerprint) {
        return name + " (" + fingerprint + ")";
    }

    private static String list(List<String> items) {
        return items.isEmpty()
                ? "none"
                : String.join(", ", items.stream().sorted().toList());
    }
}
