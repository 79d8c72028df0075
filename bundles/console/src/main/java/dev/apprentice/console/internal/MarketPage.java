package dev.apprentice.console.internal;

import dev.apprentice.console.internal.Frame.Notice;
import dev.apprentice.console.internal.Frame.Section;
import dev.apprentice.http.Exchange;
import dev.apprentice.http.Exchange.Upload;
import dev.apprentice.http.RouteContributor;
import dev.apprentice.http.Routes;
import dev.apprentice.http.Routes.Access;
import dev.apprentice.management.Problems;
import dev.apprentice.market.AvailableUpdate;
import dev.apprentice.market.InstallRequest;
import dev.apprentice.market.MarketException;
import dev.apprentice.market.Marketplace;
import dev.apprentice.market.Marketplaces;
import dev.apprentice.market.NewMarketplace;
import dev.apprentice.market.SearchPage;
import dev.apprentice.market.SkillDetails;
import dev.apprentice.market.SkillReference;
import dev.apprentice.skills.Consent;
import dev.apprentice.skills.InstalledSkill;
import dev.apprentice.skills.Permission;
import dev.apprentice.skills.SkillException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The marketplaces, what they offer, one skill of it, and installing that. */
@Component(service = RouteContributor.class)
public final class MarketPage implements RouteContributor {
    private static final int PAGE = 20;

    private final Templates templates = new Templates();
    private final Marketplaces markets;

    @Activate
    public MarketPage(@Reference Marketplaces markets) {
        this.markets = markets;
    }

    @Override
    public void contribute(Routes routes) {
        routes.get("/market", Access.BROWSER, exchange -> show(exchange, 200, frame(exchange, "Marketplace")));
        routes.post("/market/refresh", Access.BROWSER, this::refresh);
        routes.post("/market/add", Access.BROWSER, this::add);
        routes.get("/market/skill", Access.BROWSER, Problems.told(this::details));
        routes.post("/market/install", Access.BROWSER, Problems.told(this::install));
    }

    private void show(Exchange exchange, int status, Frame frame) {
        String terms = exchange.query("q").orElse("");
        int offset = exchange.query("offset")
                .filter(text -> text.matches("[0-9]{1,6}"))
                .map(Integer::parseInt)
                .orElse(0);
        View view = new View(frame, terms, markets.search(terms, offset, PAGE), markets.updates(), markets.list());
        templates.answer(exchange, status, "market.jte", view);
    }

    private void refresh(Exchange exchange) {
        Frame frame = frame(exchange, "Marketplace");
        try {
            Marketplace market = markets.refresh(exchange.form("name").orElse(""));
            show(exchange, 200, frame.with(Notice.done(market.name() + " is up to date.")));
        } catch (MarketException e) {
            show(exchange, Problems.asHttp(e).status(), frame.with(Notice.refused(e)));
        }
    }

    private void add(Exchange exchange) {
        Frame frame = frame(exchange, "Marketplace");
        try {
            Marketplace market = markets.add(wanted(exchange));
            show(exchange, 200, frame.with(Notice.done(market.name() + " is added.")));
        } catch (MarketException e) {
            show(exchange, Problems.asHttp(e).status(), frame.with(Notice.refused(e)));
        }
    }

    private static NewMarketplace wanted(Exchange exchange) {
        byte[] root = exchange.uploads().stream()
                .filter(upload -> upload.field().equals("root"))
                .findFirst()
                .map(Upload::content)
                .orElse(new byte[0]);
        List<String> addresses = exchange.form("addresses")
                .orElse("")
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .toList();
        NewMarketplace wanted = new NewMarketplace(
                exchange.form("name").orElse(""),
                addresses,
                root,
                exchange.form("introduces").isPresent());
        exchange.form("digest")
                .map(String::strip)
                .filter(text -> !text.isEmpty())
                .ifPresent(wanted::requireRoot);
        return wanted;
    }

    private void details(Exchange exchange) {
        details(exchange, 200, exchange.query("id").orElse(""), Optional.empty());
    }

    private void details(Exchange exchange, int status, String id, Optional<Notice> notice) {
        SkillDetails skill = markets.show(SkillReference.parse(id));
        Frame frame = frame(exchange, skill.chosen().name());
        templates.answer(
                exchange,
                status,
                "market-skill.jte",
                new DetailsView(notice.map(frame::with).orElse(frame), skill));
    }

    private void install(Exchange exchange) {
        String id = exchange.form("skill").orElse("");
        Optional<String> trust = exchange.form("trust").filter(text -> !text.isEmpty());
        try {
            Consent consent = exchange.form("allow")
                    .map(labels -> Consent.to(List.of(labels.split(","))))
                    .orElse(Consent.NONE);
            InstalledSkill installed = markets.install(new InstallRequest(SkillReference.parse(id), trust, consent));
            exchange.redirect("/skills/" + Format.part(installed.id()));
        } catch (MarketException e) {
            details(exchange, Problems.asHttp(e).status(), id, Optional.of(Notice.refused(e)));
        } catch (SkillException e) {
            details(exchange, Problems.asHttp(e).status(), id, Optional.of(Notice.refused(e)));
        }
    }

    private static Frame frame(Exchange exchange, String title) {
        return Frame.of(exchange, title, Section.MARKET);
    }

    /** What the template of the catalogue shows. */
    public record View(
            Frame frame, String terms, SearchPage found, List<AvailableUpdate> updates, List<Marketplace> markets) {
        /** Where the next page begins; 0 if this is the last one. */
        public int next() {
            int end = found.offset() + found.hits().size();
            return found.hits().isEmpty() || end >= found.total() ? 0 : end;
        }
    }

    /** What the template of one skill shows. */
    public record DetailsView(Frame frame, SkillDetails skill) {
        /** What the chosen version asks for. */
        public List<Permission> permissions() {
            return skill.chosen().permissions().stream()
                    .flatMap(label -> Permission.of(label).stream())
                    .toList();
        }

        /** Its labels, as the form sends them. */
        public String labels() {
            return permissions().stream().map(Permission::label).collect(Collectors.joining(","));
        }

        /** The full name of the version shown, as forms send it. */
        public String reference() {
            return full() + "@" + skill.chosen().version();
        }

        /** The full name of the skill. */
        public String full() {
            return skill.market() + "/" + skill.chosen().publisher() + "/"
                    + skill.chosen().id();
        }

        public boolean isInstalled() {
            return skill.installed().equals(skill.chosen().version());
        }
    }
}
