package dev.apprentice.management.internal;

import dev.apprentice.compute.Kernels;
import dev.apprentice.http.Server;
import dev.apprentice.management.PlatformStatus;
import dev.apprentice.model.LanguageModel;
import dev.apprentice.model.ModelInfo;
import dev.apprentice.skills.Skills;
import dev.apprentice.store.Store;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/** Asks everyone how they are. */
@Component
public final class PlatformStatusComponent implements PlatformStatus {
    private final Instant start = ProcessHandle.current().info().startInstant().orElseGet(Instant::now);
    private final BundleContext context;
    private final Server server;
    private final Store store;
    private final Skills skills;
    private final LanguageModel model;
    private final @Nullable Kernels kernels;

    @Activate
    public PlatformStatusComponent(
            BundleContext context,
            @Reference Server server,
            @Reference Store store,
            @Reference Skills skills,
            @Reference LanguageModel model,
            @Reference(cardinality = ReferenceCardinality.OPTIONAL, policyOption = ReferencePolicyOption.GREEDY)
                    @Nullable
                    Kernels kernels) {
        this.context = context;
        this.server = server;
        this.store = store;
        this.skills = skills;
        this.model = model;
        this.kernels = kernels;
    }

    @Override
    public Report now() {
        ModelInfo info = model.info();
        return new Report(
                context.getBundle().getVersion().toString(),
                server.url(),
                store.home().toString(),
                Duration.between(start, Instant.now()).toSeconds(),
                new Model(info.name(), info.digest(), info.weightType(), info.parameters()),
                kernels == null ? "" : kernels.description(),
                bundles(),
                skills.list().size(),
                PeakMemory.mebibytes());
    }

    private List<BundleState> bundles() {
        return Arrays.stream(context.getBundles())
                .map(bundle -> new BundleState(
                        bundle.getSymbolicName(), bundle.getVersion().toString(), stateName(bundle.getState())))
                .toList();
    }

    private static String stateName(int state) {
        return switch (state) {
            case Bundle.UNINSTALLED -> "UNINSTALLED";
            case Bundle.INSTALLED -> "INSTALLED";
            case Bundle.RESOLVED -> "RESOLVED";
            case Bundle.STARTING -> "STARTING";
            case Bundle.STOPPING -> "STOPPING";
            default -> "ACTIVE";
        };
    }
}
