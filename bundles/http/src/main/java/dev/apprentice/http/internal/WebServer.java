package dev.apprentice.http.internal;

import dev.apprentice.http.HttpException;
import dev.apprentice.http.Server;
import dev.apprentice.store.AuditLog;
import io.javalin.Javalin;
import io.javalin.compression.CompressionStrategy;
import io.javalin.config.JavalinConfig;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.ServerConnector;
import org.jspecify.annotations.Nullable;

/** The server from start to stop: Javalin on loopback, with every request through one {@link RequestPipeline}. */
public final class WebServer implements Server, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(WebServer.class.getName());

    private final int port;
    private final Path home;
    private final Limits limits;
    private final RouteTable routes = new RouteTable();
    private final SignIn signIn;
    private @Nullable Running running;
    private volatile @Nullable RequestPipeline pipeline;

    /**
     * @param port 0 takes any
     * @param home where the API key, the first sign-in token and {@code server.json} are kept
     */
    public WebServer(int port, Path home, AuditLog audit, Limits limits) {
        this.port = port;
        this.home = home;
        this.limits = limits;
        this.signIn = new SignIn(home, audit, InstantSource.system());
    }

    /** Contributors may be added and removed at any time. */
    public RouteTable routes() {
        return routes;
    }

    public synchronized void start() {
        ApiKey apiKey = ApiKey.of(home);
        Workers workers = new Workers();
        List<ServerConnector> opened = new ArrayList<>();
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        // Javalin and Jetty look for their services there; in a framework it is whatever the starting thread had.
        thread.setContextClassLoader(WebServer.class.getClassLoader());
        try {
            Javalin javalin = Javalin.create(config -> {
                configure(config);
                config.jetty.modifyServer(server -> {
                    opened.addAll(LoopbackConnectors.open(server, httpConfiguration(), port, limits.idleTime()));
                    opened.forEach(server::addConnector);
                    pipeline = pipeline(opened.getFirst().getLocalPort(), apiKey, workers);
                });
                config.routes.before(context -> Objects.requireNonNull(pipeline).handle(context));
            });
            javalin.start();
            String url = "http://127.0.0.1:" + opened.getFirst().getLocalPort();
            running = new Running(javalin, workers, url);
            announce(url);
        } catch (RuntimeException e) {
            opened.forEach(ServerConnector::close);
            workers.close();
            LOG.log(Level.ERROR, "The HTTP server did not start: " + e.getMessage());
            throw e;
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private RequestPipeline pipeline(int actual, ApiKey apiKey, Workers workers) {
        // Cookies do not know ports: another server on this machine must not get or overwrite ours.
        String cookieName = "apprentice-" + actual;
        HostCheck hosts = new HostCheck(actual);
        Sessions sessions = new Sessions(InstantSource.system());
        routes.add(new OwnRoutes(signIn, sessions, cookieName));
        return new RequestPipeline(hosts, routes, new Gate(hosts, apiKey, sessions, cookieName), workers, limits);
    }

    private static void configure(JavalinConfig config) {
        QuietLogs.apply();
        config.startup.showJavalinBanner = false;
        config.startup.showOldJavalinVersionWarning = false;
        // Without these two a thread of Javalin outlives the server and holds its class loader.
        config.startup.startupWatcherEnabled = false;
        config.concurrency.useVirtualThreads = true;
        config.http.compressionStrategy = CompressionStrategy.NONE;
    }

    private static HttpConfiguration httpConfiguration() {
        HttpConfiguration configuration = new HttpConfiguration();
        configuration.setSendServerVersion(false);
        configuration.setSendXPoweredBy(false);
        return configuration;
    }

    private void announce(String url) {
        String token = signIn.firstToken();
        PrivateFiles.write(
                home.resolve("server.json"),
                new Json().write(new Listening(url, ProcessHandle.current().pid())) + "\n");
        LOG.log(Level.INFO, "Listening on " + url + "; sign in once with " + url + "/sign-in?token=" + token);
    }

    @Override
    public synchronized String url() {
        if (running == null) {
            throw new HttpException(503, "stopped", "The server is not running: start it first");
        }
        return running.url;
    }

    @Override
    public String newSignInToken() {
        return signIn.newToken();
    }

    @Override
    public synchronized void close() {
        if (running == null) {
            return;
        }
        PrivateFiles.delete(home.resolve("server.json"));
        signIn.close();
        running.workers.close();
        running.javalin.stop();
        running = null;
    }

    private record Running(Javalin javalin, Workers workers, String url) {}

    private record Listening(String url, long pid) {}
}
