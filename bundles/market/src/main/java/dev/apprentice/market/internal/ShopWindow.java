package dev.apprentice.market.internal;

import dev.apprentice.market.AvailableUpdate;
import dev.apprentice.market.CatalogueEntry;
import dev.apprentice.market.MarketException;
import dev.apprentice.market.MarketException.Code;
import dev.apprentice.market.SearchPage;
import dev.apprentice.market.SearchPage.Hit;
import dev.apprentice.market.SkillDetails;
import dev.apprentice.market.SkillDetails.Difference;
import dev.apprentice.market.SkillDetails.OfferedVersion;
import dev.apprentice.market.SkillDetails.PublisherFacts;
import dev.apprentice.market.SkillReference;
import dev.apprentice.market.internal.Offers.Offer;
import dev.apprentice.signing.verify.Provenance;
import dev.apprentice.signing.verify.TrustedPublisher;
import dev.apprentice.skills.InstalledSkill;
import dev.apprentice.skills.Publishers;
import dev.apprentice.skills.Revocations;
import dev.apprentice.skills.Revocations.Revocation;
import dev.apprentice.skills.Skills;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the marketplaces offer, beside what is installed here. Nothing is changed. */
final class ShopWindow {
    private static final System.Logger LOGGER = System.getLogger(ShopWindow.class.getName());
    private static final int MOST_HITS = 100;
    private static final int FARTHEST = 1_000_000;
    private static final int MOST_CHANGES = 20;

    private final Offers offers;
    private final Skills skills;
    private final Publishers publishers;
    private final Revocations revocations;
    private final Supplier<Compatibility> compatibility;

    ShopWindow(
            Offers offers,
            Skills skills,
            Publishers publishers,
            Revocations revocations,
            Supplier<Compatibility> compatibility) {
        this.offers = offers;
        this.skills = skills;
        this.publishers = publishers;
        this.revocations = revocations;
        this.compatibility = compatibility;
    }

    private record Found(OpenMarket market, Catalogue catalogue, SearchIndex.Match match) {}

    SearchPage search(Collection<OpenMarket> markets, String terms, int offset, int limit) {
        int first = Math.clamp(offset, 0, FARTHEST);
        int most = Math.clamp(limit, 1, MOST_HITS);
        List<Found> found = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        int total = 0;
        for (OpenMarket market : markets) {
            try {
                Catalogue catalogue = market.catalogue();
                SearchIndex.Found here = catalogue.find(terms, first + most);
                total += here.total();
                here.best().forEach(match -> found.add(new Found(market, catalogue, match)));
                if (!catalogue.problem().isEmpty()) {
                    problems.add("Marketplace " + market.name() + ": " + catalogue.problem());
                }
            } catch (MarketException e) {
                problems.add(String.valueOf(e.getMessage()));
            }
        }
        if (markets.size() > 1) {
            found.sort(
                    Comparator.comparingInt((Found one) -> one.match().score()).reversed());
        }
        Compatibility here = compatibility.get();
        Map<String, String> installed =
                skills.list().stream().collect(Collectors.toMap(InstalledSkill::id, InstalledSkill::version));
        List<Hit> hits = found.stream()
                .skip(first)
                .limit(most)
                .map(one -> hit(one, here, installed))
                .toList();
        return new SearchPage(total, first, hits, problems);
    }

    private static Hit hit(Found found, Compatibility here, Map<String, String> installed) {
        CatalogueEntry newest =
                found.catalogue().skill(found.match().document()).newest();
        return new Hit(found.market().name(), newest, here.fits(newest), installed.getOrDefault(newest.id(), ""));
    }

    SkillDetails show(SkillReference wanted) {
        Offer offer = offers.one(wanted);
        Compatibility here = compatibility.get();
        CatalogueEntry chosen = wanted.version()
                .map(number -> offer.version(number).orElseThrow(() -> noVersion(offer, number)))
                .orElseGet(
                        () -> here.nearest(offer.skill()).orElse(offer.skill().newest()));
        TrustedPublisher publisher = offer.publisher().publisher();
        Optional<InstalledSkill> installed = skills.find(wanted.id());
        List<Difference> changes = installed
                .map(skill -> Differences.of(skill, offer.version(skill.version()), chosen, publisher))
                .orElse(List.of());
        return new SkillDetails(
                offer.market().name(),
                chosen,
                new PublisherFacts(chosen.publisher(), publisher.name(), publisher.fingerprint(), trusts(publisher)),
                here.misfit(chosen, offer.skill()),
                installed.map(InstalledSkill::version).orElse(""),
                changes,
                versions(offer, here),
                evidence(offer.market(), chosen));
    }

    private static List<String> evidence(OpenMarket market, CatalogueEntry entry) {
        return Stream.of(Provenance.ENDING, Provenance.SBOM_ENDING)
                .map(ending -> entry.path() + ending)
                .filter(path -> market.folder().find(path).isPresent())
                .toList();
    }

    private List<OfferedVersion> versions(Offer offer, Compatibility here) {
        List<OfferedVersion> versions = new ArrayList<>();
        for (CatalogueEntry entry : offer.skill().versions()) {
            String revoked = revocations
                    .find(entry.id(), entry.version())
                    .map(Revocation::reason)
                    .orElse("");
            String changes = versions.size() < MOST_CHANGES ? changes(offer.market(), entry) : "";
            versions.add(new OfferedVersion(entry, here.fits(entry), revoked, changes));
        }
        return versions;
    }

    private static String changes(OpenMarket market, CatalogueEntry entry) {
        try {
            return market.folder()
                    .find(entry.path())
                    .map(target -> EntryReader.changes(target.custom()))
                    .orElse("");
        } catch (MarketException e) {
            LOGGER.log(System.Logger.Level.WARNING, "{0}", e.getMessage());
            return "";
        }
    }

    /** Whether a publisher is trusted, or the authority that certified it. */
    boolean trusts(TrustedPublisher publisher) {
        return publishers.list().stream()
                .anyMatch(known -> known.fingerprint()
                        .equals(known.authority() ? publisher.authority() : publisher.fingerprint()));
    }

    List<AvailableUpdate> updates() {
        return skills.list().stream()
                .flatMap(skill -> update(skill).stream())
                .sorted(Comparator.comparing(AvailableUpdate::id))
                .toList();
    }

    private Optional<AvailableUpdate> update(InstalledSkill installed) {
        SkillReference any = new SkillReference(Optional.empty(), Optional.empty(), installed.id(), Optional.empty());
        Comparator<AvailableUpdate> order = Comparator.comparing(AvailableUpdate::available, Versions.ORDER);
        return offers.all(any).stream()
                .flatMap(offer -> update(installed, offer).stream())
                .max(order);
    }

    private Optional<AvailableUpdate> update(InstalledSkill installed, Offer offer) {
        try {
            TrustedPublisher publisher = offer.publisher().publisher();
            return candidate(offer)
                    .filter(entry -> publisher.fingerprint().equals(installed.publisherFingerprint())
                            && Versions.ORDER.compare(entry.version(), installed.version()) > 0)
                    .map(entry -> new AvailableUpdate(
                            offer.market().name(),
                            entry.publisher(),
                            entry.id(),
                            installed.version(),
                            entry.version(),
                            Differences.of(installed, offer.version(installed.version()), entry, publisher)));
        } catch (MarketException e) {
            LOGGER.log(System.Logger.Level.WARNING, "{0}", e.getMessage());
            return Optional.empty();
        }
    }

    /** The newest version that fits and may run. */
    private Optional<CatalogueEntry> candidate(Offer offer) {
        Compatibility here = compatibility.get();
        return offer.skill().versions().stream()
                .filter(here::fits)
                .filter(entry -> revocations.find(entry.id(), entry.version()).isEmpty())
                .findFirst();
    }

    /** The version to install: the one asked for, or the newest that fits and may run. */
    CatalogueEntry choose(Offer offer, Optional<String> version) {
        Compatibility here = compatibility.get();
        if (version.isEmpty()) {
            Optional<CatalogueEntry> candidate = candidate(offer);
            if (candidate.isPresent()) {
                return candidate.get();
            }
        }
        CatalogueEntry entry = version.map(number -> offer.version(number).orElseThrow(() -> noVersion(offer, number)))
                .orElse(offer.skill().newest());
        String misfit = here.misfit(entry, offer.skill());
        if (!misfit.isEmpty()) {
            throw new MarketException(Code.INCOMPATIBLE, misfit);
        }
        revocations.find(entry.id(), entry.version()).ifPresent(revoked -> {
            throw new MarketException(
                    Code.REVOKED,
                    entry.id() + " " + entry.version() + " must not run: " + revoked.reason()
                            + ": choose another version");
        });
        return entry;
    }

    private static MarketException noVersion(Offer offer, String number) {
        return new MarketException(
                Code.NOT_FOUND,
                offer + " has no version " + number + ": choose one of "
                        + String.join(
                                ", ",
                                offer.skill().versions().stream()
                                        .map(CatalogueEntry::version)
                                        .toList()));
    }
}
