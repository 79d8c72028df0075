package dev.apprentice.http.internal;

import dev.apprentice.http.HttpException;
import dev.apprentice.http.Server;
import dev.apprentice.store.Store;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/** Runs the server while its bundle is started, on the port of framework property {@code apprentice.http.port}. */
@Component(
        immediate = true,
        service = {Server.class, HttpServerComponent.class})
public final class HttpServerComponent implements Server {
    static final String PORT_PROPERTY = "apprentice.http.port";
    private static final int DEFAULT_PORT = 7070;

    private final WebServer server;

    @Activate
    public HttpServerComponent(BundleContext context, @Reference Store store) {
        server = new WebServer(port(context.getProperty(PORT_PROPERTY)), store.home(), store.audit(), Limits.DEFAULT);
    }

    static int port(@Nullable String text) {
        if (text == null) {
            return DEFAULT_PORT;
        }
        try {
            int port = Integer.parseInt(text);
            if (port >= 0 && port < 65536) {
                return port;
            }
        } catch (NumberFormatException _) {
            // Told below, like a number that is no port.
        }
        throw new HttpException(
                500,
                "bad_configuration",
                PORT_PROPERTY + " is \"" + text + "\", but must be a port from 0 to 65535: change it");
    }

    RouteTable routes() {
        return server.routes();
    }

    @Activate
    void start() {
        server.start();
    }

    @Deactivate
    void stop() {
        server.close();
    }

    @Override
    public String url() {
        return server.url();
    }

    @Override
    public String newSignInToken() {
        return server.newSignInToken();
    }
}
