package dev.apprentice.http.internal;

import dev.apprentice.http.HttpException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jetty.http.BadMessageException;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.internal.HttpConnection;

/** Listens on 127.0.0.1 and, where there is IPv6, on the same port of ::1. */
final class LoopbackConnectors {
    private LoopbackConnectors() {}

    /** Open connectors, IPv4 first; throws if the port is taken. */
    static List<ServerConnector> open(Server server, HttpConfiguration configuration, int port, Duration idle) {
        List<ServerConnector> connectors = new ArrayList<>();
        ServerConnector first = connector(server, configuration, "127.0.0.1", port, idle);
        try {
            first.open();
            connectors.add(first);
        } catch (IOException e) {
            throw portTaken(port, e);
        }
        ServerConnector second = connector(server, configuration, "::1", first.getLocalPort(), idle);
        try {
            second.open();
            connectors.add(second);
        } catch (IOException e) {
            System.getLogger(LoopbackConnectors.class.getName())
                    .log(System.Logger.Level.INFO, "Not listening on ::1, only on 127.0.0.1: " + e.getMessage());
        }
        return connectors;
    }

    private static HttpException portTaken(int port, IOException cause) {
        HttpException refused = new HttpException(
                500,
                "port_in_use",
                "Cannot listen on port " + port + " of 127.0.0.1 (" + cause.getMessage()
                        + "): stop the program that uses it, or set apprentice.http.port to another port (0 takes any)");
        refused.initCause(cause);
        return refused;
    }

    private static ServerConnector connector(
            Server server, HttpConfiguration configuration, String host, int port, Duration idle) {
        ServerConnector connector = new ServerConnector(server, 1, 1, new OriginFormFactory(configuration));
        connector.setHost(host);
        connector.setPort(port);
        // With the system's short queue a burst of connections would keep others out for seconds.
        connector.setAcceptQueueSize(1024);
        connector.setIdleTimeout(idle.toMillis());
        return connector;
    }

    /** Connections that refuse a request line with a whole URI: only proxies get those, and its host could differ from Host. */
    private static final class OriginFormFactory extends HttpConnectionFactory {
        OriginFormFactory(HttpConfiguration configuration) {
            super(configuration);
        }

        @Override
        public Connection newConnection(Connector connector, EndPoint endPoint) {
            return configure(
                    new OriginFormConnection(getHttpConfiguration(), connector, endPoint), connector, endPoint);
        }
    }

    private static final class OriginFormConnection extends HttpConnection {
        OriginFormConnection(HttpConfiguration configuration, Connector connector, EndPoint endPoint) {
            super(configuration, connector, endPoint);
        }

        @Override
        protected RequestHandler newRequestHandler() {
            return new RequestHandler() {
                @Override
                public void startRequest(String method, String uri, HttpVersion version) {
                    if (!uri.startsWith("/")) {
                        throw new BadMessageException("Only a path may be asked for");
                    }
                    super.startRequest(method, uri, version);
                }
            };
        }
    }
}
