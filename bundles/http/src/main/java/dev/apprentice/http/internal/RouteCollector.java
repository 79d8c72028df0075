package dev.apprentice.http.internal;

import dev.apprentice.http.RouteContributor;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/** Gives the server the routes of other bundles. Apart from the server, since contributors may need the server themselves. */
@Component(
        immediate = true,
        service = {})
public final class RouteCollector {
    private final RouteTable routes;

    @Activate
    public RouteCollector(@Reference HttpServerComponent server) {
        routes = server.routes();
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void bind(RouteContributor contributor) {
        routes.add(contributor);
    }

    void unbind(RouteContributor contributor) {
        routes.remove(contributor);
    }
}
