package dev.apprentice.http;

/** A service that adds routes to the server for as long as it is registered. */
@FunctionalInterface
public interface RouteContributor {
    void contribute(Routes routes);
}
