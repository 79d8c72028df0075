package dev.apprentice.http.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.apprentice.store.AuditLog;
import dev.apprentice.store.Blobs;
import dev.apprentice.store.Store;
import java.io.File;
import java.lang.ref.WeakReference;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.launch.FrameworkFactory;
import org.osgi.framework.wiring.BundleWiring;
import org.osgi.framework.wiring.FrameworkWiring;

/** The built bundle in a real framework. */
final class HttpBundleIT {
    private static final List<String> OTHERS = List.of(
            "org.apache.felix.scr",
            "org.osgi.service.component-",
            "org.osgi.util.function",
            "org.osgi.util.promise",
            "jackson-core-3",
            "jackson-databind-3",
            "jackson-annotations");

    @TempDir
    Path home;

    @Test
    void reinstallationsDoNotPileUpClassLoaders() throws Exception {
        Framework framework = framework();
        try {
            BundleContext context = framework.getBundleContext();
            for (Path jar : classPath()) {
                if (OTHERS.stream().anyMatch(jar.getFileName().toString()::startsWith)) {
                    context.installBundle(jar.toUri().toString());
                }
            }
            for (Bundle bundle : context.getBundles()) {
                bundle.start();
            }
            context.registerService(Store.class, new HomeOnly(home), null);
            List<WeakReference<ClassLoader>> loaders = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                loaders.add(installUseAndRemove(framework));
            }
            // The latest may be held until the next comes; what must not happen is that they pile up.
            assertThat(alive(loaders.subList(0, loaders.size() - 1))).isZero();
        } finally {
            framework.stop();
            framework.waitForStop(10_000);
        }
    }

    private WeakReference<ClassLoader> installUseAndRemove(Framework framework) throws Exception {
        Path jar = Path.of("target/apprentice-http-0.1.0.jar").toAbsolutePath();
        Bundle bundle = framework.getBundleContext().installBundle(jar.toUri().toString());
        bundle.start();
        String described = Files.readString(home.resolve("server.json"));
        URI url = URI.create(described.replaceAll(".*\"url\":\"([^\"]*)\".*\\s*", "$1"));
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest request =
                    HttpRequest.newBuilder(url.resolve("/assets/http/page.css")).build();
            assertThat(client.send(request, BodyHandlers.ofString()).statusCode())
                    .isEqualTo(200);
            HttpRequest signIn = HttpRequest.newBuilder(url.resolve("/sign-in")).build();
            assertThat(client.send(signIn, BodyHandlers.ofString()).body()).contains("apprentice token");
        }
        WeakReference<ClassLoader> loader =
                new WeakReference<>(bundle.adapt(BundleWiring.class).getClassLoader());
        bundle.uninstall();
        framework.adapt(FrameworkWiring.class).refreshBundles(List.of(bundle));
        return loader;
    }

    private static long alive(List<WeakReference<ClassLoader>> loaders) throws InterruptedException {
        long alive = loaders.size();
        for (int i = 0; i < 50 && alive > 0; i++) {
            System.gc();
            Thread.sleep(100);
            alive = loaders.stream().filter(loader -> loader.get() != null).count();
        }
        return alive;
    }

    private Framework framework() throws Exception {
        Map<String, String> settings = new HashMap<>();
        settings.put(Constants.FRAMEWORK_STORAGE, home.resolve("felix").toString());
        settings.put(Constants.FRAMEWORK_BOOTDELEGATION, "");
        settings.put("felix.bootdelegation.implicit", "false");
        settings.put(Constants.FRAMEWORK_SYSTEMPACKAGES_EXTRA, "dev.apprentice.store;version=1.0.0");
        settings.put(HttpServerComponent.PORT_PROPERTY, "0");
        Framework framework =
                ServiceLoader.load(FrameworkFactory.class).iterator().next().newFramework(settings);
        framework.start();
        return framework;
    }

    private static List<Path> classPath() {
        String path = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return List.of(path.split(File.pathSeparator)).stream().map(Path::of).toList();
    }

    /** All that the server asks of a store. */
    private record HomeOnly(Path home, AuditLog audit) implements Store {
        HomeOnly(Path home) {
            this(home, new MemoryAudit());
        }

        @Override
        public void migrate(String room, List<String> statements) {
            throw new UnsupportedOperationException();
        }

        @Override
        public <T> T inTransaction(Work<T> work) {
            throw new UnsupportedOperationException();
        }

        @Override
        public <T> T read(Work<T> work) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void afterCommit(Runnable action) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Blobs blobs() {
            throw new UnsupportedOperationException();
        }
    }
}
