package dev.apprentice.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.launch.FrameworkFactory;

/**
 * One running platform: takes the home, starts the framework and every bundle of the distribution, and stops it all in reverse.
 *
 * <p>The framework's storage is a cache and is cleaned at each start; what must survive lives in the store bundle.
 */
public final class Launcher implements AutoCloseable {
    private static final long STOP_SECONDS = 30;

    private final HomeLock lock;
    private final Framework framework;

    private Launcher(HomeLock lock, Framework framework) {
        this.lock = lock;
        this.framework = framework;
    }

    /** Starts the platform; when this returns every bundle is active. */
    public static Launcher start(Settings settings, Distribution distribution) {
        HomeLock lock = HomeLock.take(settings.home());
        Logs.open(settings.home(), settings.logLevel());
        forgetOldServer(settings);
        Launcher launcher = new Launcher(lock, framework(settings));
        try {
            launcher.startBundles(distribution);
            return launcher;
        } catch (BundleException | IOException | RuntimeException e) {
            launcher.close();
            throw e instanceof LauncherException known
                    ? known
                    : new LauncherException(
                            "The platform could not be started: " + e.getMessage() + " (details in "
                                    + settings.home().resolve("logs") + ")",
                            e);
        }
    }

    /** A killed platform leaves the address it listened at; nobody may take it for ours. */
    private static void forgetOldServer(Settings settings) {
        try {
            Files.deleteIfExists(settings.home().resolve("server.json"));
        } catch (IOException e) {
            throw new LauncherException(
                    "The file server.json in " + settings.home() + " cannot be removed: remove it by hand", e);
        }
    }

    private static Framework framework(Settings settings) {
        Map<String, String> configuration = new HashMap<>(settings.frameworkProperties());
        configuration.put(
                Constants.FRAMEWORK_STORAGE, settings.home().resolve("felix").toString());
        configuration.put(Constants.FRAMEWORK_STORAGE_CLEAN, Constants.FRAMEWORK_STORAGE_CLEAN_ONFIRSTINIT);
        configuration.put(Constants.FRAMEWORK_BOOTDELEGATION, "");
        configuration.put("felix.bootdelegation.implicit", "false");
        configuration.put("felix.log.level", "1");
        return ServiceLoader.load(FrameworkFactory.class)
                .findFirst()
                .orElseThrow(() ->
                        new LauncherException("No OSGi framework is on the class path: build again with 'mvn package'"))
                .newFramework(configuration);
    }

    private void startBundles(Distribution distribution) throws BundleException, IOException {
        framework.init();
        List<Bundle> bundles = new ArrayList<>();
        for (var jar : distribution.bundles()) {
            bundles.add(framework.getBundleContext().installBundle(jar.toUri().toString()));
        }
        framework.start();
        List<String> failures = new ArrayList<>();
        for (Bundle bundle : bundles) {
            try {
                bundle.start();
            } catch (BundleException e) {
                failures.add(bundle.getSymbolicName() + ": " + e.getMessage());
            }
        }
        bundles.stream()
                .filter(bundle -> bundle.getState() != Bundle.ACTIVE && failures.isEmpty())
                .forEach(bundle -> failures.add(bundle.getSymbolicName() + " is not active"));
        if (!failures.isEmpty()) {
            throw new LauncherException(
                    failures.stream().collect(Collectors.joining("\n  ", "Bundles did not start:\n  ", "")));
        }
    }

    /** The symbolic names of all bundles with whether each is active. */
    public Map<String, Boolean> bundles() {
        return List.of(framework.getBundleContext().getBundles()).stream()
                .collect(Collectors.toMap(Bundle::getSymbolicName, bundle -> bundle.getState() == Bundle.ACTIVE));
    }

    /** The first error that any bundle logged since the start, if one did. */
    public Optional<String> error() {
        return Optional.ofNullable(Logs.error());
    }

    /** Waits until someone else stops the framework. */
    public void await() throws InterruptedException {
        FrameworkEvent event;
        do {
            event = framework.waitForStop(TimeUnit.HOURS.toMillis(1));
        } while (event.getType() == FrameworkEvent.WAIT_TIMEDOUT);
    }

    @Override
    public void close() {
        try {
            framework.stop();
            framework.waitForStop(TimeUnit.SECONDS.toMillis(STOP_SECONDS));
        } catch (BundleException e) {
            throw new LauncherException("The framework did not stop: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            Logs.close();
            lock.close();
        }
    }
}
