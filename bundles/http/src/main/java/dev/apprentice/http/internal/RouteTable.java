package dev.apprentice.http.internal;

import dev.apprentice.http.HttpException;
import dev.apprentice.http.RouteContributor;
import dev.apprentice.http.Routes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** The routes of this moment; contributors come and go while requests are answered. */
public final class RouteTable {
    private final List<Contribution> contributions = new CopyOnWriteArrayList<>();

    /** Adds all routes of a contributor, or none if one of them is taken. */
    public synchronized void add(RouteContributor contributor) {
        Contribution contribution = new Contribution(contributor, new ArrayList<>(), new ArrayList<>());
        contributor.contribute(contribution);
        for (Contribution other : contributions) {
            other.refuseConflicts(contribution);
        }
        contributions.add(contribution);
    }

    public synchronized void remove(RouteContributor contributor) {
        contributions.removeIf(contribution -> contribution.contributor == contributor);
    }

    /** The route for a request, with its parameters. */
    Match find(String method, List<String> path) {
        Match best = null;
        boolean otherMethod = false;
        for (Contribution contribution : contributions) {
            for (Assets assets : contribution.assets) {
                if (assets.covers(path)) {
                    return new Match(assets.route(path), Map.of());
                }
            }
            for (Route route : contribution.routes) {
                Map<String, String> parameters = route.pattern().match(path).orElse(null);
                if (parameters != null && !route.method().equals(method)) {
                    otherMethod = true;
                } else if (parameters != null && better(route, best)) {
                    best = new Match(route, parameters);
                }
            }
        }
        if (best != null) {
            return best;
        }
        throw otherMethod
                ? new HttpException(
                        405, "method_not_allowed", "This address does not answer " + method + ": see the documentation")
                : new HttpException(404, "not_found", "There is nothing at this address: check its spelling");
    }

    private static boolean better(Route route, @Nullable Match best) {
        return best == null || route.pattern().literals() > best.route.pattern().literals();
    }

    /** A route and the values of its parameters. */
    record Match(Route route, Map<String, String> parameters) {}

    private record Contribution(RouteContributor contributor, List<Route> routes, List<Assets> assets)
            implements Routes {
        @Override
        public void get(String path, Access access, Handler handler) {
            add("GET", path, access, handler);
        }

        @Override
        public void post(String path, Access access, Handler handler) {
            add("POST", path, access, handler);
        }

        @Override
        public void delete(String path, Access access, Handler handler) {
            add("DELETE", path, access, handler);
        }

        @Override
        public void assets(String prefix, ClassLoader loader, String root) {
            assets.add(new Assets(PathPattern.parse(prefix).segments(), loader, root));
        }

        private void add(String method, String path, Access access, Handler handler) {
            Route route = new Route(method, PathPattern.parse(path), access, handler);
            refuseConflict(route);
            routes.add(route);
        }

        void refuseConflicts(Contribution other) {
            other.routes.forEach(this::refuseConflict);
        }

        private void refuseConflict(Route route) {
            if (routes.stream().anyMatch(route::conflictsWith)) {
                throw new HttpException(
                        500,
                        "route_taken",
                        route.method() + " /" + String.join("/", route.pattern().segments())
                                + " is answered already: give the second route another path");
            }
        }
    }
}
