package dev.apprentice.management.internal;

import dev.apprentice.http.Exchange;
import dev.apprentice.http.HttpException;
import dev.apprentice.http.RouteContributor;
import dev.apprentice.http.Routes;
import dev.apprentice.http.Routes.Access;
import dev.apprentice.management.Problems;
import dev.apprentice.market.InstallRequest;
import dev.apprentice.market.Marketplaces;
import dev.apprentice.market.NewMarketplace;
import dev.apprentice.market.SkillReference;
import dev.apprentice.skills.Consent;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The marketplaces and what they offer. */
@Component
public final class MarketRoutes implements RouteContributor {
    private static final String PAGE = "50";

    private final Marketplaces markets;

    @Activate
    public MarketRoutes(@Reference Marketplaces markets) {
        this.markets = markets;
    }

    @Override
    public void contribute(Routes routes) {
        routes.get("/api/markets", Access.API, Problems.told(exchange -> exchange.answerJson(200, markets.list())));
        routes.post("/api/markets", Access.API, Problems.told(this::add));
        routes.delete("/api/markets/{name}", Access.API, Problems.told(this::remove));
        routes.post(
                "/api/markets/{name}/refresh",
                Access.API,
                Problems.told(exchange -> exchange.answerJson(200, markets.refresh(exchange.pathParameter("name")))));
        routes.get("/api/market/search", Access.API, Problems.told(this::search));
        routes.get("/api/market/skill", Access.API, Problems.told(this::show));
        routes.post("/api/market/install", Access.API, Problems.told(this::install));
        routes.get(
                "/api/market/updates",
                Access.API,
                Problems.told(exchange -> exchange.answerJson(200, markets.updates())));
    }

    private void add(Exchange exchange) {
        Wanted wanted = exchange.json(Wanted.class);
        exchange.answerJson(200, markets.add(wanted.marketplace()));
    }

    private void remove(Exchange exchange) {
        String name = exchange.pathParameter("name");
        markets.remove(name);
        exchange.answerJson(200, Map.of("removed", name));
    }

    private void search(Exchange exchange) {
        exchange.answerJson(
                200,
                markets.search(
                        exchange.query("q").orElse(""),
                        number(exchange, "offset", "0"),
                        number(exchange, "limit", PAGE)));
    }

    private void show(Exchange exchange) {
        exchange.answerJson(
                200, markets.show(SkillReference.parse(exchange.query("id").orElse(""))));
    }

    private void install(Exchange exchange) {
        Chosen chosen = exchange.json(Chosen.class);
        SkillReference skill = SkillReference.parse(text("skill", chosen.skill));
        exchange.answerJson(200, markets.install(chosen.request(skill)));
    }

    private static int number(Exchange exchange, String name, String otherwise) {
        String text = exchange.query(name).orElse(otherwise);
        if (!text.matches("[0-9]{1,6}")) {
            throw new HttpException(400, "bad_query", name + " must be a whole number: change it");
        }
        return Integer.parseInt(text);
    }

    private static String text(String field, @Nullable String value) {
        if (value == null) {
            throw new HttpException(400, "bad_json", "The body lacks " + field + ": add it");
        }
        return value;
    }

    /** {@code root} is the text of a {@code root.json}, character by character. */
    private record Wanted(
            @Nullable String name,
            @Nullable List<String> addresses,
            @Nullable String root,
            @Nullable Boolean introducesPublishers) {
        NewMarketplace marketplace() {
            return new NewMarketplace(
                    text("name", name),
                    addresses == null ? List.of() : addresses,
                    text("root", root).getBytes(StandardCharsets.UTF_8),
                    Boolean.TRUE.equals(introducesPublishers));
        }
    }

    private record Chosen(
            @Nullable String skill,
            @Nullable String trust,
            @Nullable List<String> allow) {
        InstallRequest request(SkillReference reference) {
            return new InstallRequest(
                    reference, Optional.ofNullable(trust), allow == null ? Consent.NONE : Consent.to(allow));
        }
    }
}
