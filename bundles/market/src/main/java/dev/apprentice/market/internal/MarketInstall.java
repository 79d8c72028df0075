package dev.apprentice.market.internal;

import dev.apprentice.market.CatalogueEntry;
import dev.apprentice.market.InstallRequest;
import dev.apprentice.market.MarketException;
import dev.apprentice.market.MarketException.Code;
import dev.apprentice.market.internal.Offers.Offer;
import dev.apprentice.market.internal.OpenMarket.Introduced;
import dev.apprentice.signing.verify.PackageVerifier;
import dev.apprentice.signing.verify.Provenance;
import dev.apprentice.signing.verify.SigningException;
import dev.apprentice.signing.verify.StrictZip;
import dev.apprentice.signing.verify.Trust;
import dev.apprentice.signing.verify.tuf.Metadata.TargetFile;
import dev.apprentice.signing.verify.tuf.StrictJson;
import dev.apprentice.signing.verify.tuf.TufException;
import dev.apprentice.skills.Consent;
import dev.apprentice.skills.InstalledSkill;
import dev.apprentice.skills.Publishers;
import dev.apprentice.skills.SkillException;
import dev.apprentice.skills.SkillPackage;
import dev.apprentice.skills.Skills;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Installs a skill by its id: what the marketplace vouches for, signed by the publisher it names, whom its user trusts. */
final class MarketInstall {
    private static final long LARGEST_JAR = StrictZip.LARGEST_TOTAL;
    private static final long LARGEST_SIGNATURE = 1 << 20;
    private static final String DESCRIPTOR = "META-INF/apprentice/skill.json";

    private final Offers offers;
    private final ShopWindow window;
    private final Consumer<OpenMarket> refresh;
    private final Predicate<String> introduces;
    private final Skills skills;
    private final Publishers publishers;
    private final Clock clock;

    /**
     * @param refresh brings a marketplace up to date, its revocations included
     * @param introduces whether the word of the marketplace of this name is enough to trust a publisher
     */
    MarketInstall(
            Offers offers,
            ShopWindow window,
            Consumer<OpenMarket> refresh,
            Predicate<String> introduces,
            Skills skills,
            Publishers publishers,
            Clock clock) {
        this.offers = offers;
        this.window = window;
        this.refresh = refresh;
        this.introduces = introduces;
        this.skills = skills;
        this.publishers = publishers;
        this.clock = clock;
    }

    InstalledSkill run(InstallRequest wanted) {
        refresh.accept(offers.one(wanted.skill()).market());
        Offer offer = offers.one(wanted.skill());
        CatalogueEntry entry = window.choose(offer, wanted.skill().version());
        Introduced publisher = offer.publisher();
        boolean trusted = window.trusts(publisher.publisher());
        if (!trusted) {
            requireTrust(wanted, offer, publisher);
        }
        SkillPackage file = download(offer.market(), entry);
        verify(offer.market(), file, publisher, entry);
        verifyProvenance(offer.market(), file, entry);
        return trusted ? skills.install(file, wanted.consent()) : installAsStranger(file, wanted.consent(), publisher);
    }

    private void requireTrust(InstallRequest wanted, Offer offer, Introduced introduced) {
        String fingerprint = introduced.publisher().fingerprint();
        String who = "'" + introduced.publisher().name() + "', who publishes " + offer + ",";
        if (wanted.trust().isPresent() && !wanted.trust().get().equalsIgnoreCase(fingerprint)) {
            throw new MarketException(
                    Code.UNTRUSTED,
                    who + " has the fingerprint " + fingerprint + ", not "
                            + wanted.trust().get() + ": ask the publisher which is right");
        }
        if (wanted.trust().isEmpty() && !introduces.test(offer.market().name())) {
            throw new MarketException(
                    Code.UNTRUSTED,
                    who + " is not trusted here. Compare the fingerprint " + fingerprint
                            + " with one that you have from the publisher on another way, then: apprentice install "
                            + wanted.skill() + " --trust " + fingerprint);
        }
    }

    private static SkillPackage download(OpenMarket market, CatalogueEntry entry) {
        TargetFile jar = market.require(entry.path());
        TargetFile signature = market.require(entry.path() + ".p7s");
        if (jar.length() > LARGEST_JAR) {
            throw refused(market, entry.path() + " has " + jar.length() + " bytes, more than any skill", null);
        }
        Path file = market.folder().download(jar);
        try {
            byte[] bytes = Files.readAllBytes(file);
            Files.delete(file);
            return new SkillPackage(entry.path(), bytes, market.folder().read(signature, LARGEST_SIGNATURE));
        } catch (IOException e) {
            throw Refusal.storage(file, e);
        }
    }

    /** The file must be the publisher's own and the version it is offered as, before anyone is trusted because of it. */
    private void verify(OpenMarket market, SkillPackage file, Introduced publisher, CatalogueEntry entry) {
        try {
            new PackageVerifier(clock).verify(file.jar().clone(), file.signature(), Trust.only(publisher.publisher()));
            byte[] descriptor = StrictZip.read(file.jar()).content(DESCRIPTOR);
            JsonNode said = StrictJson.parse(DESCRIPTOR, descriptor);
            if (!said.path("id").asString("").equals(entry.id())
                    || !said.path("version").asString("").equals(entry.version())) {
                throw refused(
                        market,
                        entry.path() + " holds " + said.path("id").asString("no id") + " "
                                + said.path("version").asString("without a version"),
                        null);
            }
        } catch (SigningException refusal) {
            throw Refusal.of(market.name(), refusal);
        } catch (TufException refusal) {
            throw refused(market, String.valueOf(refusal.getMessage()), refusal);
        }
    }

    /** What stands beside the file must be about it, if anything does. */
    private static void verifyProvenance(OpenMarket market, SkillPackage file, CatalogueEntry entry) {
        Optional<TargetFile> provenance = market.folder().find(entry.path() + Provenance.ENDING);
        Optional<TargetFile> sbom = market.folder().find(entry.path() + Provenance.SBOM_ENDING);
        if (provenance.isEmpty()) {
            return;
        }
        try {
            Provenance said = Provenance.verify(
                    market.folder().read(provenance.get(), Provenance.LARGEST), file.jar(), file.signature());
            if (sbom.isPresent() && !said.covers(market.folder().read(sbom.get(), Provenance.LARGEST))) {
                throw refused(
                        market, sbom.get().path() + " is not the bill of materials that the provenance names", null);
            }
        } catch (SigningException refusal) {
            throw Refusal.of(market.name(), refusal);
        }
    }

    /** Whoever is trusted for the sake of a skill that is then refused is not trusted afterwards. */
    private InstalledSkill installAsStranger(SkillPackage file, Consent consent, Introduced introduced) {
        publishers.trust(introduced.pem());
        try {
            return skills.install(file, consent);
        } catch (SkillException refusal) {
            publishers.distrust(introduced.publisher().fingerprint());
            throw refusal;
        }
    }

    private static MarketException refused(OpenMarket market, String what, @Nullable TufException cause) {
        return new MarketException(
                Code.REFUSED, "Marketplace " + market.name() + ": " + what + ": tell its owner", cause);
    }
}
