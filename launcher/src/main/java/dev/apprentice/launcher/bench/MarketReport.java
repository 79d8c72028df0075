package dev.apprentice.launcher.bench;

/**
 * How a marketplace with very many skills is searched and kept up to date, over the platform's own API.
 *
 * @param skills how many it lists
 * @param searches how many searches were made
 * @param firstSearch milliseconds of the first search that the platform ever made
 * @param medianSearch milliseconds
 * @param slowestSearch milliseconds
 * @param searchTarget milliseconds that every search should stay below
 * @param firstRefreshBytes what the first refresh transferred
 * @param changeRefreshBytes what a refresh transferred after one skill had changed
 * @param firstRefresh milliseconds
 * @param changeRefresh milliseconds
 */
public record MarketReport(
        int skills,
        int searches,
        double firstSearch,
        double medianSearch,
        double slowestSearch,
        double searchTarget,
        long firstRefreshBytes,
        long changeRefreshBytes,
        double firstRefresh,
        double changeRefresh) {}
