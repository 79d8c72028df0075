package dev.apprentice.market.internal;

import dev.apprentice.market.CatalogueEntry;
import dev.apprentice.market.internal.Catalogue.Skill;
import dev.apprentice.model.ModelInfo;
import java.util.Optional;

/** Whether a version was made for the base model that runs here. */
record Compatibility(ModelInfo model) {
    boolean fits(CatalogueEntry entry) {
        return entry.base().equals(model.digest()) && tokenizerFits(entry);
    }

    private boolean tokenizerFits(CatalogueEntry entry) {
        return entry.tokenizer().isEmpty() || entry.tokenizer().equals(model.tokenizerDigest());
    }

    /** The newest version that fits. */
    Optional<CatalogueEntry> nearest(Skill skill) {
        return skill.versions().stream().filter(this::fits).findFirst();
    }

    /** Why a version does not fit, and which would; empty if it fits. */
    String misfit(CatalogueEntry entry, Skill skill) {
        if (fits(entry)) {
            return "";
        }
        String wanted = entry.base().equals(model.digest())
                ? "the tokenizer " + entry.tokenizer() + ", but here is " + model.tokenizerDigest()
                : "the base model " + entry.base() + ", but here runs " + model.name() + " " + model.digest();
        return entry.id() + " " + entry.version() + " needs " + wanted + ": "
                + nearest(skill)
                        .map(other -> "version " + other.version() + " fits")
                        .orElse("no version of it fits");
    }
}
