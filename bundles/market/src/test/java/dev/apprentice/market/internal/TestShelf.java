package dev.apprentice.market.internal;

import dev.apprentice.learning.Learning.LearnedState;
import dev.apprentice.model.ModelInfo;
import dev.apprentice.signing.verify.PackageVerifier;
import dev.apprentice.signing.verify.TrustStore;
import dev.apprentice.signing.verify.VerifiedPackage;
import dev.apprentice.skills.Consent;
import dev.apprentice.skills.InstalledSkill;
import dev.apprentice.skills.Permission;
import dev.apprentice.skills.Revocations;
import dev.apprentice.skills.ServingSkill;
import dev.apprentice.skills.SkillException;
import dev.apprentice.skills.SkillOffer;
import dev.apprentice.skills.SkillPackage;
import dev.apprentice.skills.Skills;
import dev.apprentice.store.internal.StoreComponent;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Marketplaces on a real store, and a shelf that verifies signatures against a real trust store and keeps what it got. */
final class TestShelf implements Skills, Revocations, AutoCloseable {
    static final ModelInfo MODEL =
            new ModelInfo("base", TestSkill.BASE, "sha256:" + "b".repeat(64), "llama", "F32", 1, 1, 1, 1, 1);

    final List<SkillPackage> files = new ArrayList<>();
    final Map<String, List<Revocation>> revoked = new HashMap<>();
    final TestPublishers publishers;
    final MarketService markets;
    final StoreComponent store;
    /** What the next install is refused with; empty if it is not. */
    String refusal = "";

    private final TrustStore trust;
    private final Clock clock;
    private final Map<String, InstalledSkill> installed = new TreeMap<>();

    TestShelf(Path home, Clock clock) {
        this.clock = clock;
        store = StoreComponent.open(home);
        trust = new TrustStore(home.resolve("trust"));
        publishers = new TestPublishers(trust);
        markets = new MarketService(store, this, publishers, this, () -> MODEL, clock);
    }

    @Override
    public InstalledSkill install(SkillPackage file, Consent consent) {
        VerifiedPackage verified = new PackageVerifier(clock).verify(file.jar(), file.signature(), trust);
        if (!refusal.isEmpty()) {
            throw new SkillException(SkillException.Code.PROBE, refusal);
        }
        files.add(file);
        String[] name = file.fileName().replaceAll(".*/|\\.jar", "").split("-(?=[0-9])", 2);
        InstalledSkill skill = new InstalledSkill(
                name[0],
                name[1],
                name[0],
                "",
                verified.publisher(),
                verified.fingerprint(),
                verified.digest(),
                Instant.EPOCH,
                List.of(name[1]),
                consent.permissions().stream().map(Permission::label).toList(),
                true,
                InstalledSkill.State.SERVING,
                "");
        installed.put(name[0], skill);
        return skill;
    }

    @Override
    public SkillOffer examine(SkillPackage file) {
        throw new UnsupportedOperationException(file.fileName());
    }

    @Override
    public List<InstalledSkill> list() {
        return List.copyOf(installed.values());
    }

    @Override
    public Optional<InstalledSkill> find(String id) {
        return Optional.ofNullable(installed.get(id));
    }

    @Override
    public void replace(String source, List<Revocation> all) {
        revoked.put(source, all);
    }

    @Override
    public Optional<Revocation> find(String id, String version) {
        return revoked.values().stream()
                .flatMap(List::stream)
                .filter(one -> one.id().equals(id) && List.of("*", version).contains(one.version()))
                .findFirst();
    }

    @Override
    public InstalledSkill rollBackToCommit(String id, String commit) {
        throw new UnsupportedOperationException(id);
    }

    @Override
    public InstalledSkill rollBackToVersion(String id, String version) {
        throw new UnsupportedOperationException(id);
    }

    @Override
    public void remove(String id, LearnedState learned) {
        installed.remove(id);
    }

    @Override
    public Optional<ServingSkill> serving(String id) {
        return Optional.empty();
    }

    @Override
    public void close() {
        store.close();
    }
}
