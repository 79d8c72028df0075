package dev.apprentice.launcher.command;

import java.util.Locale;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** How what marketplaces say is written on a terminal. */
final class MarketText {
    private static final int FINGERPRINT_GROUP = 8;

    private MarketText() {}

    static void list(JsonNode markets) {
        if (markets.isEmpty()) {
            System.out.println("No marketplace is known: 'apprentice market add NAME ADDRESS --root FILE' adds one.");
        }
        markets.forEach(MarketText::line);
    }

    static void line(JsonNode market) {
        System.out.printf(
                "%-16s %s%n    %d skills, refreshed %s, believed until %s%s%n",
                text(market, "name"),
                joined(market.path("addresses"), " "),
                market.path("skills").asInt(),
                market.path("refreshed").asString("never"),
                market.path("expires").asString("no longer"),
                market.path("introducesPublishers").asBoolean() ? ", introduces publishers" : "");
        if (!text(market, "problem").isEmpty()) {
            System.out.println("    ! " + text(market, "problem"));
        }
    }

    static void hits(JsonNode page) {
        for (JsonNode hit : page.path("hits")) {
            JsonNode newest = hit.path("newest");
            String installed = text(hit, "installed");
            System.out.printf(
                    "%-32s %-9s %-10s %s%n    %s%n",
                    text(newest, "publisher") + "/" + text(newest, "id"),
                    text(newest, "version"),
                    text(hit, "market"),
                    installed.isEmpty()
                            ? hit.path("fits").asBoolean() ? "" : "does not fit the base here"
                            : "installed: " + installed,
                    text(newest, "description"));
        }
        int shown = page.path("hits").size();
        int total = page.path("total").asInt();
        if (total == 0) {
            System.out.println("Nothing was found.");
        } else if (shown < total) {
            System.out.println(shown + " of " + total + "; more with --offset "
                    + (page.path("offset").asInt() + shown));
        }
        page.path("problems").forEach(problem -> System.err.println("! " + problem.asString()));
    }

    static void details(JsonNode details) {
        JsonNode chosen = details.path("chosen");
        JsonNode publisher = details.path("publisher");
        System.out.printf(
                "%s %s (%s/%s, marketplace %s)%n%s%n%n",
                text(chosen, "name"),
                text(chosen, "version"),
                text(chosen, "publisher"),
                text(chosen, "id"),
                text(details, "market"),
                text(chosen, "description"));
        fact(
                "publisher",
                text(publisher, "name") + (publisher.path("trusted").asBoolean() ? "" : ", not trusted here"));
        fact("fingerprint", grouped(text(publisher, "fingerprint")));
        fact("permissions", joinedOrNone(chosen.path("permissions")));
        fact("code", chosen.path("code").asBoolean() ? "yes" : "no, data only");
        JsonNode adapter = chosen.path("adapter");
        fact(
                "adapter",
                text(adapter, "type") + ", rank " + adapter.path("rank").asInt() + ", on "
                        + joined(adapter.path("targets"), " "));
        fact("base", text(chosen, "base"));
        fact("tokenizer", text(chosen, "tokenizer").isEmpty() ? "any" : text(chosen, "tokenizer"));
        fact("size", String.format(Locale.ROOT, "%.1f KiB", chosen.path("size").asLong() / 1024.0));
        fact("licence", text(chosen, "licence").isEmpty() ? "not said" : text(chosen, "licence"));
        fact("beside it", joinedOrNone(details.path("evidence")));
        String misfit = text(details, "misfit");
        fact("fits here", misfit.isEmpty() ? "yes" : "no: " + misfit);
        versions(details.path("versions"), text(details, "installed"));
        changes(details.path("changes"));
    }

    private static void versions(JsonNode versions, String installed) {
        System.out.println();
        for (JsonNode version : versions) {
            JsonNode entry = version.path("entry");
            String revoked = text(version, "revoked");
            System.out.printf(
                    "  %-9s %s%s%s%s%n",
                    text(entry, "version"),
                    text(entry, "published"),
                    text(entry, "version").equals(installed) ? "  installed" : "",
                    version.path("fits").asBoolean() ? "" : "  does not fit",
                    revoked.isEmpty() ? "" : "  REVOKED: " + revoked);
            if (!text(version, "changes").isEmpty()) {
                System.out.println("            " + text(version, "changes"));
            }
        }
    }

    /** What an update would change, one line each. */
    static void changes(JsonNode changes) {
        for (JsonNode change : changes) {
            System.out.printf("  %s: %s → %s%n", text(change, "what"), text(change, "from"), text(change, "to"));
        }
    }

    private static void fact(String name, String value) {
        System.out.printf("  %-12s %s%n", name, value);
    }

    /** A fingerprint in groups, so that two people can read it to each other. */
    private static String grouped(String hex) {
        return hex.replaceAll("(.{" + FINGERPRINT_GROUP + "})(?=.)", "$1 ");
    }

    private static String joinedOrNone(JsonNode list) {
        return list.isEmpty() ? "none" : joined(list, ", ");
    }

    private static String joined(JsonNode list, String separator) {
        return list.valueStream().map(JsonNode::asString).collect(Collectors.joining(separator));
    }

    private static String text(JsonNode object, String field) {
        return object.path(field).asString("");
    }
}
