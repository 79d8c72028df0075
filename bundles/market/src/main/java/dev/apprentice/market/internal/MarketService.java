package dev.apprentice.market.internal;

import dev.apprentice.market.AvailableUpdate;
import dev.apprentice.market.InstallRequest;
import dev.apprentice.market.MarketException;
import dev.apprentice.market.MarketException.Code;
import dev.apprentice.market.Marketplace;
import dev.apprentice.market.Marketplaces;
import dev.apprentice.market.NewMarketplace;
import dev.apprentice.market.SearchPage;
import dev.apprentice.market.SkillDetails;
import dev.apprentice.market.SkillReference;
import dev.apprentice.market.internal.MarketTable.Row;
import dev.apprentice.model.ModelInfo;
import dev.apprentice.signing.verify.Sha256;
import dev.apprentice.signing.verify.tuf.TufClient;
import dev.apprentice.signing.verify.tuf.TufException;
import dev.apprentice.skills.InstalledSkill;
import dev.apprentice.skills.Publishers;
import dev.apprentice.skills.Revocations;
import dev.apprentice.skills.Revocations.Revocation;
import dev.apprentice.skills.Skills;
import dev.apprentice.store.Store;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Supplier;

/** The marketplaces of a home folder. */
final class MarketService implements Marketplaces {
    private static final Duration WARN_AHEAD = Duration.ofDays(3);

    private final Path home;
    private final MarketTable table;
    private final Revocations revocations;
    private final Clock clock;
    private final ShopWindow window;
    private final MarketInstall installs;
    private final Map<String, OpenMarket> markets = new ConcurrentSkipListMap<>();

    MarketService(
            Store store,
            Skills skills,
            Publishers publishers,
            Revocations revocations,
            Supplier<ModelInfo> model,
            Clock clock) {
        this.home = store.home().resolve("market");
        this.table = new MarketTable(store);
        this.revocations = revocations;
        this.clock = clock;
        Offers offers = new Offers(markets::values, skills);
        this.window = new ShopWindow(offers, skills, publishers, revocations, () -> new Compatibility(model.get()));
        this.installs = new MarketInstall(offers, window, this::refresh, this::introduces, skills, publishers, clock);
        table.all().forEach(row -> markets.put(row.name(), open(row.name(), row.addresses())));
    }

    private OpenMarket open(String name, List<String> addresses) {
        List<Address> parsed = addresses.stream().map(Address::parse).toList();
        return new OpenMarket(name, new MarketFolder(name, home.resolve(name), parsed, clock));
    }

    @Override
    public List<Marketplace> list() {
        return table.all().stream().map(this::describe).toList();
    }

    private Marketplace describe(Row row) {
        OpenMarket market = require(row.name());
        Optional<Instant> expires = market.folder().expires();
        int size = 0;
        String problem = row.problem();
        try {
            size = market.catalogue().size();
            problem = problem.isEmpty() ? market.catalogue().problem() : problem;
        } catch (MarketException e) {
            problem = problem.isEmpty() ? String.valueOf(e.getMessage()) : problem;
        }
        if (problem.isEmpty()
                && expires.isPresent()
                && expires.get().isBefore(clock.instant().plus(WARN_AHEAD))) {
            problem = "What it says is believed until " + expires.get() + " only: its owner must sign it anew";
        }
        return new Marketplace(
                row.name(), row.addresses(), row.introduces(), row.refreshed(), expires.orElse(null), size, problem);
    }

    @Override
    public synchronized Marketplace add(NewMarketplace wanted) {
        String name = wanted.name();
        if (markets.containsKey(name)) {
            throw new MarketException(
                    Code.AMBIGUOUS, "There is a marketplace " + name + " already: choose another name, or remove it");
        }
        List<String> addresses = wanted.addresses().stream()
                .map(text -> Address.parse(text).toString())
                .toList();
        OpenMarket market = open(name, addresses);
        // Left behind by an attempt that was killed.
        Folders.delete(market.folder().folder());
        List<Revocation> revoked;
        try {
            TufClient.initialize(market.folder().metadata(), wanted.root());
            market.folder().refresh();
            market.read();
            revoked = market.revocations();
            table.add(
                    new Row(name, addresses, wanted.introducesPublishers(), clock.instant(), ""),
                    String.join(" ", addresses) + ", root " + Sha256.digest(wanted.root())
                            + (wanted.introducesPublishers() ? ", introduces publishers" : ""));
        } catch (RuntimeException failure) {
            Folders.delete(market.folder().folder());
            throw failure instanceof TufException refusal ? Refusal.of(name, refusal) : failure;
        }
        markets.put(name, market);
        // After the row: no kill in between leaves revocations whose marketplace cannot be removed.
        revocations.replace(name, revoked);
        return describe(name);
    }

    @Override
    public synchronized void remove(String name) {
        OpenMarket market = require(name);
        market.changing().lock();
        try {
            revocations.replace(name, List.of());
            table.remove(name);
            market.close();
            markets.remove(name);
            Folders.delete(market.folder().folder());
        } finally {
            market.changing().unlock();
        }
    }

    @Override
    public Marketplace refresh(String name) {
        refresh(require(name));
        return describe(name);
    }

    /** Revocations first: a catalogue that cannot be read keeps no skill running that must not. */
    private void refresh(OpenMarket market) {
        market.changing().lock();
        try {
            if (market.closed()) {
                throw unknown(market.name());
            }
            market.folder().refresh();
            revocations.replace(market.name(), market.revocations());
            market.read();
            table.refreshed(market.name(), clock.instant());
        } catch (MarketException e) {
            table.failed(market.name(), String.valueOf(e.getMessage()));
            throw e;
        } finally {
            market.changing().unlock();
        }
    }

    @Override
    public SearchPage search(String terms, int offset, int limit) {
        return window.search(markets.values(), terms, offset, limit);
    }

    @Override
    public SkillDetails show(SkillReference skill) {
        return window.show(skill);
    }

    @Override
    public InstalledSkill install(InstallRequest wanted) {
        return installs.run(wanted);
    }

    @Override
    public List<AvailableUpdate> updates() {
        return window.updates();
    }

    private boolean introduces(String name) {
        return row(name).introduces();
    }

    private Marketplace describe(String name) {
        return describe(row(name));
    }

    private Row row(String name) {
        return table.all().stream()
                .filter(row -> row.name().equals(name))
                .findFirst()
                .orElseThrow(() -> unknown(name));
    }

    private OpenMarket require(String name) {
        OpenMarket market = markets.get(name);
        if (market == null) {
            throw unknown(name);
        }
        return market;
    }

    private static MarketException unknown(String name) {
        return new MarketException(
                Code.NOT_FOUND, "There is no marketplace " + name + ": see the list of marketplaces");
    }
}
