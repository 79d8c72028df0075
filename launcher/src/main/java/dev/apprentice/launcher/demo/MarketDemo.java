package dev.apprentice.launcher.demo;

import dev.apprentice.launcher.Distribution;
import dev.apprentice.launcher.LauncherException;
import dev.apprentice.launcher.client.ApiClient;
import dev.apprentice.launcher.client.ApiException;
import dev.apprentice.launcher.demo.MarketDemoReport.Step;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A marketplace from its first publication to its recovery from thieves, as its user's platform sees it. */
public final class MarketDemo {
    private static final int SKILLS = 20;
    private static final String MARKET = "demo";
    private static final String ID = "skill-01";
    private static final String PERMISSION = "read_clock";
    private static final String REASON = "a fault of the demo";

    private final ApiClient client;
    private final Path home;
    private final DemoMarket market;
    private final Consumer<Step> told;
    private final List<Step> steps = new ArrayList<>();
    private final long started = System.nanoTime();

    private MarketDemo(ApiClient client, Path home, DemoMarket market, Consumer<Step> told) {
        this.client = client;
        this.home = home;
        this.market = market;
        this.told = told;
    }

    /**
     * Runs everything; throws with the reason at the first step that does not do what it must.
     *
     * @param place a folder for the marketplace
     * @param home of the platform that the client calls
     * @param told hears of each step as it is done
     */
    public static MarketDemoReport run(
            ApiClient client, Path home, Path place, Distribution distribution, Consumer<Step> told) {
        try (DemoMarket market = new DemoMarket(place, distribution.skill("template", "1.0.0"))) {
            return new MarketDemo(client, home, market, told).run();
        }
    }

    private MarketDemoReport run() {
        step("publish", this::publish);
        step("add", this::add);
        step("search", this::search);
        step("refuse a stranger", this::refuseStranger);
        step("install", this::install);
        step("refuse to grow rights", this::refuseMoreRights);
        step("update with consent", this::update);
        step("roll back", this::rollBack);
        step("revoke", this::revoke);
        step("leave the revoked version", this::leaveRevoked);
        step("refuse a thief", this::refuseThief);
        step("recover from the thief", this::recover);
        step("follow a new root", this::followRoot);
        return new MarketDemoReport(market.publishers().size(), SKILLS, steps, secondsSince(started));
    }

    private String publish() {
        for (int i = 1; i <= SKILLS; i++) {
            market.publish(market.publishers().get((i - 1) % market.publishers().size()), skill(i, "1.0.0"));
        }
        return market.publishers().size() + " publishers and " + SKILLS + " skills at " + market.address();
    }

    private static SkillVariant skill(int number, String version) {
        String id = "skill-%02d".formatted(number);
        return new SkillVariant(
                id,
                version,
                "Skill " + number,
                number % 2 == 0 ? "Completes queries of databases." : "Completes tests of Java.",
                version.equals("1.0.0") ? List.of() : List.of(PERMISSION),
                version.equals("1.0.0") ? "The first version." : "Better than the one before.");
    }

    private String add() {
        JsonNode added = client.post(
                "/api/markets", Map.of("name", MARKET, "addresses", List.of(market.address()), "root", market.root()));
        require(added.path("skills").asInt() == SKILLS, "the marketplace was added with " + added);
        return SKILLS + " skills, believed until " + added.path("expires").asString();
    }

    private String search() {
        JsonNode all = client.get("/api/market/search?q=databases");
        require(all.path("total").asInt() == SKILLS / 2, "a search for databases found " + all.path("total"));
        JsonNode one = client.get("/api/market/search?q=" + ID);
        String first = one.at("/hits/0/newest/id").asString("");
        require(first.equals(ID), "a search for " + ID + " found " + first + " first");
        return "'databases' finds " + SKILLS / 2 + ", '" + ID + "' finds it first";
    }

    private String refuseStranger() {
        return refused("untrusted", ID);
    }

    private String install() {
        String fingerprint = client.get("/api/market/skill?id=" + ID)
                .at("/publisher/fingerprint")
                .asString();
        JsonNode installed = client.post("/api/market/install", Map.of("skill", ID, "trust", fingerprint));
        requireServing("1.0.0");
        return ID + " 1.0.0 by " + installed.path("publisher").asString() + " serves";
    }

    private String refuseMoreRights() {
        market.publish("ada", skill(1, "1.1.0"));
        refresh();
        return refused("consent", ID);
    }

    private String update() {
        JsonNode updates = client.get("/api/market/updates");
        require(
                updates.size() == 1 && updates.at("/0/available").asString("").equals("1.1.0"),
                "the updates are " + updates);
        allow(ID);
        requireServing("1.1.0");
        return "1.0.0 → 1.1.0, agreed to " + PERMISSION + "; changed: " + changes(updates.at("/0/changes"));
    }

    private static String changes(JsonNode changes) {
        return String.join(
                ", ",
                changes.valueStream()
                        .map(change -> change.path("what").asString())
                        .toList());
    }

    private String rollBack() {
        client.post("/api/skills/" + ID + "/rollback", Map.of("version", "1.0.0"));
        requireServing("1.0.0");
        return "back at 1.0.0 with what it knew then";
    }

    private String revoke() {
        market.repository().revoke(ID, "1.0.0", REASON);
        require(state().path("state").asString().equals("SERVING"), "the skill stopped before the refresh");
        refresh();
        JsonNode stopped = state();
        String problem = stopped.path("problem").asString("");
        require(
                stopped.path("state").asString().equals("QUARANTINED") && problem.contains(REASON),
                "the revoked skill is " + stopped);
        return problem;
    }

    private String leaveRevoked() {
        refused("revoked", ID + "@1.0.0");
        allow(ID);
        requireServing("1.1.0");
        return "1.0.0 cannot be installed again, 1.1.0 serves";
    }

    private String refuseThief() {
        market.stealRotateAndPublish("ada", skill(1, "6.6.6"));
        refresh();
        String reason = refused("refused", ID + "@6.6.6");
        requireServing("1.1.0");
        return reason;
    }

    private String recover() {
        market.repository().yank("ada", ID, "6.6.6");
        market.repository().revoke(ID, "6.6.6", "published by a thief");
        market.publish("ada", skill(1, "1.2.0"));
        refresh();
        client.post("/api/market/install", Map.of("skill", ID));
        requireServing("1.2.0");
        refused("not_found", ID + "@6.6.6");
        return "1.2.0 is signed under the new key and serves; the thief's 6.6.6 is gone";
    }

    private String followRoot() {
        market.repository().rotate("root");
        market.publish("ada", skill(1, "1.3.0"));
        refresh();
        int version = trustedRoot().at("/signed/version").asInt();
        require(version == 2, "the trusted root has version " + version + " instead of 2");
        client.post("/api/market/install", Map.of("skill", ID));
        requireServing("1.3.0");
        return "root 2 is trusted because root 1 signed it, and 1.3.0 serves";
    }

    private JsonNode trustedRoot() {
        try {
            return JsonMapper.shared()
                    .readTree(Files.readString(home.resolve("market")
                            .resolve(MARKET)
                            .resolve("metadata")
                            .resolve("root.json")));
        } catch (IOException e) {
            throw new LauncherException("The trusted root of the demo's home cannot be read", e);
        }
    }

    private void allow(String skill) {
        client.post("/api/market/install", Map.of("skill", skill, "allow", List.of(PERMISSION)));
    }

    private void refresh() {
        client.post("/api/markets/" + MARKET + "/refresh", Map.of());
    }

    private JsonNode state() {
        return client.get("/api/skills/" + ID).path("skill");
    }

    private void requireServing(String version) {
        JsonNode skill = state();
        require(
                skill.path("version").asString().equals(version)
                        && skill.path("state").asString().equals("SERVING"),
                ID + " should serve as " + version + ", but is " + skill);
    }

    /** The reason of a refusal that must come, with this code, and change nothing. */
    private String refused(String code, String skill) {
        String shelf = client.get("/api/skills").toString();
        try {
            client.post("/api/market/install", Map.of("skill", skill));
        } catch (ApiException e) {
            require(e.code().equals(code), skill + " was refused as " + e.code() + ": " + e.getMessage());
            require(client.get("/api/skills").toString().equals(shelf), "a refused install changed the shelf");
            return String.valueOf(e.getMessage());
        }
        throw new LauncherException(skill + " was installed, but must be refused: this is a fault of Apprentice");
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new LauncherException("The demo ends here, since " + otherwise + ": this is a fault of Apprentice");
        }
    }

    private void step(String name, Supplier<String> work) {
        long start = System.nanoTime();
        Step step = new Step(name, work.get(), secondsSince(start));
        steps.add(step);
        told.accept(step);
    }

    private static double secondsSince(long start) {
        return (System.nanoTime() - start) / 1e9;
    }
}
