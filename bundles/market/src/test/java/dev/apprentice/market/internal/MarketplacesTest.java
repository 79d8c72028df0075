package dev.apprentice.market.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.apprentice.market.AvailableUpdate;
import dev.apprentice.market.InstallRequest;
import dev.apprentice.market.MarketException;
import dev.apprentice.market.MarketException.Code;
import dev.apprentice.market.Marketplace;
import dev.apprentice.market.NewMarketplace;
import dev.apprentice.market.SkillDetails;
import dev.apprentice.market.SkillDetails.Difference;
import dev.apprentice.market.SkillReference;
import dev.apprentice.signing.publish.PackageSigner;
import dev.apprentice.signing.publish.SkillEvidence;
import dev.apprentice.signing.verify.TrustStore;
import dev.apprentice.skills.Consent;
import dev.apprentice.skills.Revocations.Revocation;
import dev.apprentice.skills.SkillException;
import dev.apprentice.store.AuditEntry;
import dev.apprentice.store.AuditEvent;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MarketplacesTest {
    private static final String FINGERPRINT =
            TrustStore.read(TestMarket.ADA.certificatePem()).fingerprint();

    @TempDir
    static Path shared;

    private static TestMarket.Template template;

    @TempDir
    Path folder;

    private final MovableClock clock = new MovableClock();
    private TestMarket market;
    private TestShelf shelf;

    @BeforeAll
    static void makeTemplate() {
        template = TestMarket.Template.make(shared);
    }

    @BeforeEach
    void open() {
        market = new TestMarket(template, folder, clock);
        shelf = new TestShelf(folder.resolve("home"), clock);
        market.publish(TestSkill.of("prose", "1.0.0"));
    }

    @AfterEach
    void close() {
        shelf.close();
        market.close();
    }

    private void add() {
        shelf.markets.add(market.wanted(market.url()));
    }

    private void install(String skill) {
        shelf.markets.install(new InstallRequest(SkillReference.parse(skill), Optional.of(FINGERPRINT), Consent.NONE));
    }

    private static SkillReference id(String text) {
        return SkillReference.parse(text);
    }

    private static void refused(Code code, String reason, Runnable work) {
        assertThatThrownBy(work::run)
                .isInstanceOfSatisfying(
                        MarketException.class,
                        refusal -> assertThat(refusal.code())
                                .as(refusal.getMessage())
                                .isEqualTo(code))
                .hasMessageContaining(reason);
    }

    @Test
    void whatIsPublishedIsFoundShownAndInstalledByItsId() {
        add();
        assertThat(shelf.markets.search("pro", 0, 10).hits()).singleElement().satisfies(hit -> {
            assertThat(hit.newest().id()).isEqualTo("prose");
            assertThat(hit.fits()).isTrue();
        });
        SkillDetails details = shelf.markets.show(id("ada/prose"));
        assertThat(details.publisher().fingerprint()).isEqualTo(FINGERPRINT);
        assertThat(details.publisher().trusted()).isFalse();
        assertThat(details.versions().getFirst().changes()).isEqualTo("What is new in 1.0.0");
        assertThat(details.chosen().licence()).isEqualTo("MIT");
        install("prose");
        assertThat(shelf.files)
                .singleElement()
                .satisfies(file -> assertThat(file.jar())
                        .isEqualTo(TestSkill.of("prose", "1.0.0").jar()));
        assertThat(folder.resolve("home/market/test/downloads")).isEmptyDirectory();
        assertThat(shelf.markets.search("", 0, 10).hits().getFirst().installed())
                .isEqualTo("1.0.0");
    }

    @Test
    void aPublisherIsTrustedOnlyByItsFingerprintOrByAMarketplaceThatMayIntroduce() {
        add();
        refused(
                Code.UNTRUSTED,
                FINGERPRINT,
                () -> shelf.markets.install(new InstallRequest(id("prose"), Optional.empty(), Consent.NONE)));
        refused(
                Code.UNTRUSTED,
                "ask the publisher",
                () -> shelf.markets.install(
                        new InstallRequest(id("prose"), Optional.of("0".repeat(64)), Consent.NONE)));
        assertThat(shelf.publishers.list()).isEmpty();
        shelf.markets.remove("test");
        shelf.markets.add(new NewMarketplace("test", List.of(market.url()), market.root(), true));
        assertThat(shelf.publishers.list())
                .as("before anything of theirs is installed")
                .isEmpty();
        shelf.markets.install(new InstallRequest(id("prose"), Optional.empty(), Consent.NONE));
        assertThat(shelf.publishers.list()).hasSize(1);
    }

    @Test
    void aRefusedInstallLeavesItsPublisherUntrusted() {
        add();
        shelf.refusal = "no effect";
        assertThatThrownBy(() -> install("prose")).isInstanceOf(SkillException.class);
        assertThat(shelf.publishers.list()).isEmpty();
    }

    @Test
    void aFileSignedByAnotherThanTheNamespacesPublisherIsRefused() {
        market.publish(TestSkill.of("verse", "1.0.0"), TestMarket.STRANGER);
        add();
        refused(Code.REFUSED, "does not trust", () -> install("verse"));
        assertThat(shelf.files).isEmpty();
        assertThat(shelf.publishers.list()).isEmpty();
    }

    @Test
    void provenanceIsShownAndMustBeOfTheFileThatIsInstalled() {
        TestSkill skill = TestSkill.of("verse", "1.0.0");
        market.publish(skill, SkillEvidence.of(TestMarket.ADA, skill.jar()));
        add();
        assertThat(shelf.markets.show(id("prose")).evidence()).isEmpty();
        assertThat(shelf.markets.show(id("verse")).evidence())
                .containsExactly("ada/verse-1.0.0.jar.provenance.json", "ada/verse-1.0.0.jar.cdx.json");
        install("verse");
        assertThat(shelf.find("verse")).isPresent();
    }

    @Test
    void provenanceOfAnotherFileOrAnotherSignerIsRefused() {
        TestSkill skill = TestSkill.of("verse", "1.0.0");
        byte[] jar = skill.jar();
        SkillEvidence good = SkillEvidence.of(TestMarket.ADA, jar);
        SkillEvidence others =
                SkillEvidence.of(TestMarket.ADA, TestSkill.of("prose", "1.0.0").jar());
        SkillEvidence strangers = SkillEvidence.of(TestMarket.STRANGER, jar);
        add();
        for (SkillEvidence bad : List.of(others, strangers, new SkillEvidence(good.provenance(), others.sbom()))) {
            market.publish(skill, bad);
            shelf.markets.refresh("test");
            refused(Code.REFUSED, "provenance", () -> install("verse"));
            assertThat(shelf.files).isEmpty();
        }
    }

    @Test
    void refreshTransfersOnlyWhatChanged() {
        add();
        install("prose");
        market.requests.clear();
        shelf.markets.refresh("test");
        assertThat(market.requests).containsExactly("/metadata/2.root.json", "/metadata/timestamp.json");
        market.publish(TestSkill.of("verse", "1.0.0"));
        market.requests.clear();
        shelf.markets.refresh("test");
        assertThat(market.requests)
                .as("a new index, the same revocations, and nobody's own metadata")
                .hasSize(5)
                .anyMatch(path -> path.endsWith(".index.json"))
                .noneMatch(path -> path.endsWith("ada.json") || path.endsWith("revocations.json"));
    }

    @Test
    void whatWasFetchedIsReadAfterARestartWithoutANetworkUntilItExpires() {
        add();
        shelf.markets.show(id("prose"));
        market.close();
        shelf.close();
        shelf = new TestShelf(folder.resolve("home"), clock);
        assertThat(shelf.markets.search("prose", 0, 10).total()).isEqualTo(1);
        assertThat(shelf.markets.show(id("prose")).chosen().version()).isEqualTo("1.0.0");
        refused(Code.UNREACHABLE, "test", () -> shelf.markets.refresh("test"));
        assertThat(shelf.markets.list().getFirst().problem()).isNotEmpty();
        clock.forward(Duration.ofDays(15));
        assertThat(shelf.markets.search("prose", 0, 10).problems())
                .singleElement()
                .asString()
                .contains("expired");
    }

    @Test
    void expiryIsWarnedOfBeforeItBreaksAnything() {
        add();
        assertThat(shelf.markets.list().getFirst().problem()).isEmpty();
        clock.forward(Duration.ofDays(12));
        assertThat(shelf.markets.refresh("test").problem()).contains("believed until");
        market.repository.refresh();
        assertThat(shelf.markets.refresh("test").problem()).isEmpty();
    }

    @Test
    void aCachedIndexChangedOnDiskIsFetchedAgain() throws Exception {
        add();
        Path index = folder.resolve("home/market/test/cache/index.json");
        String good = Files.readString(index);
        Files.writeString(index, good.replace("prose", "worse"));
        shelf.close();
        shelf = new TestShelf(folder.resolve("home"), clock);
        assertThat(shelf.markets.search("worse", 0, 10).total()).isZero();
        assertThat(shelf.markets.search("prose", 0, 10).total()).isEqualTo(1);
        assertThat(index).hasContent(good);
    }

    @Test
    void aMirrorStandsInForAnAddressThatIsDownOrSetBack() {
        Path old = folder.resolve("old");
        TestMarket.copy(market.folder, old);
        market.publish(TestSkill.of("prose", "1.1.0"));
        shelf.markets.add(market.wanted("http://127.0.0.1:1/", old.toString(), market.url()));
        assertThat(shelf.markets.show(id("prose")).chosen().version()).isEqualTo("1.0.0");
        shelf.markets.remove("test");
        shelf.markets.add(market.wanted(market.url(), old.toString()));
        assertThat(shelf.markets.show(id("prose")).chosen().version()).isEqualTo("1.1.0");
        market.close();
        refused(Code.UNREACHABLE, "127.0.0.1", () -> shelf.markets.refresh("test"));
        assertThat(shelf.markets.show(id("prose")).chosen().version())
                .as("the old mirror's metadata is a rollback")
                .isEqualTo("1.1.0");
    }

    @Test
    void aMarketplaceIsReadFromAFolder() {
        shelf.markets.add(market.wanted(market.folder.toString()));
        install("prose");
        assertThat(market.requests).isEmpty();
    }

    @Test
    void aDownloadGoesOnWhereItBrokeOff() throws Exception {
        add();
        byte[] jar = TestSkill.of("prose", "1.0.0").jar();
        Path part = folder.resolve("home/market/test/downloads/ada+prose-1.0.0.jar.part");
        Files.createDirectories(part.getParent());
        Files.write(part, Arrays.copyOf(jar, 100));
        install("prose");
        assertThat(shelf.files.getFirst().jar()).isEqualTo(jar);
    }

    @Test
    void revocationsReachTheShelfAndGoWithTheirMarketplace() {
        market.repository.revoke("prose", "1.0.0", "it\u001b[2J lies");
        add();
        Revocation expected = new Revocation("prose", "1.0.0", "it [2J lies");
        assertThat(shelf.revoked.get("test")).containsExactly(expected);
        refused(Code.REVOKED, "lies", () -> install("prose"));
        assertThat(shelf.markets.show(id("prose")).versions().getFirst().revoked())
                .contains("lies");
        market.publish(TestSkill.of("prose", "1.1.0"));
        install("prose");
        assertThat(shelf.find("prose").orElseThrow().version()).isEqualTo("1.1.0");
        shelf.markets.remove("test");
        assertThat(shelf.revoked.get("test")).isEmpty();
        assertThat(folder.resolve("home/market/test")).doesNotExist();
        assertThat(shelf.markets.list()).isEmpty();
    }

    @Test
    void aVersionForAnotherBaseIsRefusedWithTheOneThatFits() {
        market.publish(TestSkill.of("prose", "2.0.0").forBase("sha256:" + "c".repeat(64)));
        add();
        SkillDetails newest = shelf.markets.show(id("prose@2.0.0"));
        assertThat(newest.misfit()).contains("needs the base model", "version 1.0.0 fits");
        assertThat(shelf.markets.show(id("prose")).chosen().version()).isEqualTo("1.0.0");
        refused(Code.INCOMPATIBLE, "version 1.0.0 fits", () -> install("prose@2.0.0"));
        refused(Code.NOT_FOUND, "2.0.0, 1.0.0", () -> install("prose@3.0.0"));
        refused(Code.NOT_FOUND, "apprentice market search", () -> install("nothing"));
        install("prose");
        assertThat(shelf.find("prose").orElseThrow().version()).isEqualTo("1.0.0");
    }

    @Test
    void anUpdateIsOfferedWithWhatItWouldChange() {
        add();
        install("prose");
        assertThat(shelf.markets.updates()).isEmpty();
        market.publish(TestSkill.of("prose", "1.1.0").asking("network").withRank(8));
        shelf.markets.refresh("test");
        List<Difference> changes = List.of(
                new Difference("version", "1.0.0", "1.1.0"),
                new Difference("permissions", "none", "network"),
                new Difference("adapter", "LORA, rank 4, on q_proj", "LORA, rank 8, on q_proj"));
        assertThat(shelf.markets.updates())
                .containsExactly(new AvailableUpdate("test", "ada", "prose", "1.0.0", "1.1.0", changes));
        assertThat(shelf.markets.show(id("prose")).changes()).isEqualTo(changes);
    }

    @Test
    void oneBadEntryIsLeftOutAndSaidToBeSo() {
        market.publish(TestSkill.of("verse", "1.0.0").forBase("md5:1"));
        add();
        assertThat(shelf.markets.search("", 0, 10)).satisfies(page -> {
            assertThat(page.total()).isEqualTo(1);
            assertThat(page.problems()).singleElement().asString().contains("1 of 2 entries", "base");
        });
        assertThat(shelf.markets.list().getFirst().problem()).contains("1 of 2 entries");
    }

    @Test
    void whatCannotBeAddedLeavesNothing() {
        add();
        refused(Code.AMBIGUOUS, "test", this::add);
        shelf.markets.remove("test");
        byte[] forged = new String(market.root(), StandardCharsets.UTF_8)
                .replace("\"threshold\":1", "\"threshold\":2")
                .getBytes(StandardCharsets.UTF_8);
        refused(
                Code.REFUSED,
                "good signatures",
                () -> shelf.markets.add(new NewMarketplace("test", List.of(market.url()), forged, false)));
        refused(Code.UNREACHABLE, "127.0.0.1:1", () -> shelf.markets.add(market.wanted("http://127.0.0.1:1/")));
        assertThat(shelf.markets.list()).isEmpty();
        assertThat(folder.resolve("home/market/test")).doesNotExist();
        assertThat(shelf.store.audit().latest(9))
                .extracting(AuditEntry::event)
                .containsExactly(AuditEvent.MARKETPLACE_REMOVED, AuditEvent.MARKETPLACE_ADDED);
    }

    @Test
    void whichOfSeveralMarketplacesIsMeantMustBeClear() throws Exception {
        add();
        TestMarket other = new TestMarket(template, Files.createDirectories(folder.resolve("other")), clock);
        try {
            other.publish(TestSkill.of("prose", "3.0.0"));
            shelf.markets.add(new NewMarketplace("other", List.of(other.url()), other.root(), false));
            assertThat(shelf.markets.show(id("prose")).chosen().version())
                    .as("one publisher in two places: the newest")
                    .isEqualTo("3.0.0");
            assertThat(shelf.markets.show(id("test/ada/prose")).chosen().version())
                    .isEqualTo("1.0.0");
            other.repository.addPublisher("eve", TestMarket.STRANGER.certificatePem());
            byte[] jar = TestSkill.of("prose", "9.0.0").jar();
            other.repository.publish("eve", jar, PackageSigner.sign(TestMarket.STRANGER, jar));
            shelf.markets.refresh("other");
            refused(Code.AMBIGUOUS, "other/eve/prose", () -> shelf.markets.show(id("prose")));
            install("test/ada/prose");
            assertThat(shelf.markets.show(id("prose")).chosen().version())
                    .as("the installed skill's publisher is meant")
                    .isEqualTo("3.0.0");
            assertThat(shelf.markets.updates())
                    .extracting(AvailableUpdate::available)
                    .containsExactly("3.0.0");
        } finally {
            other.close();
        }
    }

    @Test
    void marketplacesAreRefreshedByTheHourAndFailingOnesEverMoreSeldom() {
        add();
        try (Refresher refresher = new Refresher(shelf.markets, clock)) {
            market.requests.clear();
            refresher.tick();
            assertThat(market.requests).isEmpty();
            clock.forward(Duration.ofHours(1));
            refresher.tick();
            assertThat(market.requests).contains("/metadata/timestamp.json");
            Marketplace before = shelf.markets.list().getFirst();
            market.close();
            clock.forward(Duration.ofHours(1));
            int attempts = 0;
            for (int minutes = 0; minutes < 24 * 60; minutes++) {
                refresher.tick();
                attempts += shelf.markets.list().getFirst().problem().isEmpty() ? 0 : 1;
                shelf.store.inTransaction(connection ->
                        connection.createStatement().executeUpdate("UPDATE marketplace SET problem = ''"));
                clock.forward(Duration.ofMinutes(1));
            }
            assertThat(attempts).isBetween(8, 12);
            assertThat(shelf.markets.list().getFirst().refreshed()).isEqualTo(before.refreshed());
        }
    }
}
