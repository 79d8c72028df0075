package dev.apprentice.launcher.bench;

import dev.apprentice.launcher.LauncherException;
import dev.apprentice.launcher.ProgressLine;
import dev.apprentice.launcher.client.ApiClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** Adds, refreshes and searches a marketplace with very many skills. */
public final class MarketBench {
    private static final double SEARCH_TARGET = 50;
    private static final String NAME = "big";
    private static final String STAGE = "Searching and refreshing a marketplace";

    private final ApiClient client;

    /** A benchmark on a platform that has just been started on an empty home. */
    public MarketBench(ApiClient client) {
        this.client = client;
    }

    /**
     * Measures, and forgets the marketplace again.
     *
     * @param rounds how often each query is made
     */
    public MarketReport run(int skills, int rounds, ProgressLine progress) {
        progress.show(STAGE, 0, rounds + 1);
        try (BigMarket market = new BigMarket(skills)) {
            double firstRefresh = millis(() -> client.post(
                    "/api/markets",
                    Map.of("name", NAME, "addresses", List.of(market.address()), "root", market.rootText())));
            long firstBytes = market.sent();
            market.changeOne();
            double changeRefresh = millis(() -> client.post("/api/markets/" + NAME + "/refresh", Map.of()));
            long changeBytes = market.sent();
            List<Double> times = searches(queries(skills), rounds, progress);
            client.delete("/api/markets/" + NAME);
            List<Double> sorted = times.stream().sorted().toList();
            return new MarketReport(
                    skills,
                    times.size(),
                    times.getFirst(),
                    sorted.get(sorted.size() / 2),
                    sorted.getLast(),
                    SEARCH_TARGET,
                    firstBytes,
                    changeBytes,
                    firstRefresh,
                    changeRefresh);
        }
    }

    /** One by its id, common and rare words, beginnings of words, several words, and everything. */
    private static List<String> queries(int skills) {
        return List.of(BigMarket.id(skills / 2), "haskell", "h", "s", "latin+house+37", "completes+style", "");
    }

    /** What each search took, in the order in which they were made. */
    private List<Double> searches(List<String> queries, int rounds, ProgressLine progress) {
        List<Double> times = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            progress.show(STAGE, round + 1, rounds + 1);
            for (String query : queries) {
                times.add(millis(() -> search(query)));
            }
        }
        progress.finish();
        return times;
    }

    private void search(String query) {
        JsonNode page = client.get("/api/market/search?q=" + query);
        if (page.path("total").asInt() == 0) {
            throw new LauncherException(
                    "The search for '" + query + "' found nothing: this is a fault of Apprentice, please report it");
        }
    }

    private static double millis(Runnable work) {
        long start = System.nanoTime();
        work.run();
        return (System.nanoTime() - start) / 1e6;
    }
}
