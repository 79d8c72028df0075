package dev.apprentice.market.internal;

import dev.apprentice.market.CatalogueEntry;
import dev.apprentice.market.MarketException;
import dev.apprentice.market.MarketException.Code;
import dev.apprentice.market.SkillReference;
import dev.apprentice.market.internal.Catalogue.Skill;
import dev.apprentice.skills.InstalledSkill;
import dev.apprentice.skills.Skills;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Finds the one skill that a user means among all that the marketplaces offer. */
final class Offers {
    private static final System.Logger LOGGER = System.getLogger(Offers.class.getName());

    private final Supplier<Collection<OpenMarket>> markets;
    private final Skills skills;

    Offers(Supplier<Collection<OpenMarket>> markets, Skills skills) {
        this.markets = markets;
        this.skills = skills;
    }

    /** A skill in the marketplace that offers it. */
    record Offer(OpenMarket market, Skill skill) {
        OpenMarket.Introduced publisher() {
            return market.publisher(skill.publisher());
        }

        Optional<CatalogueEntry> version(String number) {
            return skill.versions().stream()
                    .filter(entry -> entry.version().equals(number))
                    .findFirst();
        }

        @Override
        public String toString() {
            return market.name() + "/" + skill.publisher() + "/" + skill.id();
        }
    }

    /** All offers that a reference may mean, but for its version; a marketplace that cannot be read offers nothing. */
    List<Offer> all(SkillReference wanted) {
        List<Offer> offers = new ArrayList<>();
        for (OpenMarket market : markets.get()) {
            if (wanted.market().map(market.name()::equals).orElse(true)) {
                skillsOf(market, wanted.id()).stream()
                        .filter(skill -> wanted.publisher()
                                .map(skill.publisher()::equals)
                                .orElse(true))
                        .forEach(skill -> offers.add(new Offer(market, skill)));
            }
        }
        return offers;
    }

    private static List<Skill> skillsOf(OpenMarket market, String id) {
        try {
            return market.catalogue().skills(id);
        } catch (MarketException e) {
            LOGGER.log(System.Logger.Level.WARNING, "{0}", e.getMessage());
            return List.of();
        }
    }

    /**
     * The offer that is meant. Of several by one publisher, each in a marketplace of its own, it is the one with the newest
     * version; those of other publishers than the installed skill's are not meant.
     */
    Offer one(SkillReference wanted) {
        List<Offer> offers = all(wanted);
        if (offers.isEmpty()) {
            throw new MarketException(
                    Code.NOT_FOUND,
                    "No marketplace offers " + wanted + ": look with 'apprentice market search', or see to the"
                            + " marketplaces with 'apprentice market list'");
        }
        if (offers.size() > 1) {
            offers = ofInstalledPublisher(wanted, offers);
        }
        Set<String> publishers = new HashSet<>();
        if (offers.size() > 1) {
            offers.forEach(offer -> publishers.add(offer.publisher().publisher().fingerprint()));
        }
        if (publishers.size() > 1) {
            throw new MarketException(
                    Code.AMBIGUOUS,
                    "Several publishers offer " + wanted + ": name one of "
                            + offers.stream().map(Offer::toString).collect(Collectors.joining(", ")));
        }
        return offers.stream()
                .max((a, b) -> Versions.ORDER.compare(
                        a.skill().newest().version(), b.skill().newest().version()))
                .orElseThrow();
    }

    private List<Offer> ofInstalledPublisher(SkillReference wanted, List<Offer> offers) {
        Optional<InstalledSkill> installed = skills.find(wanted.id());
        List<Offer> same = offers.stream()
                .filter(offer -> installed
                        .map(InstalledSkill::publisherFingerprint)
                        .filter(offer.publisher().publisher().fingerprint()::equals)
                        .isPresent())
                .toList();
        return same.isEmpty() ? offers : same;
    }
}
