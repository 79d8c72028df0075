package dev.apprentice.kernels.cpu.internal;

import dev.apprentice.compute.Kernels;
import dev.apprentice.kernels.cpu.CpuKernels;
import dev.apprentice.kernels.cpu.KernelsChoice;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;

/**
 * Registers the fastest kernels of this machine as a service. The framework property {@value #THREADS} limits their threads,
 * {@value #KERNELS} (native, vector or scalar; cuda as native) their kind.
 */
@Component(
        service = {},
        immediate = true)
public final class CpuKernelsComponent {
    static final String THREADS = "apprentice.threads";
    static final String KERNELS = "apprentice.kernels";

    private final Kernels kernels;
    private final ServiceRegistration<Kernels> registration;

    @Activate
    public CpuKernelsComponent(BundleContext context) {
        kernels = CpuKernels.create(
                choice(context.getProperty(KERNELS)),
                threads(context.getProperty(THREADS)),
                context.getDataFile("native").toPath());
        registration = context.registerService(
                Kernels.class, kernels, FrameworkUtil.asDictionary(Map.of(KERNELS, kernels.description())));
    }

    @Deactivate
    void close() throws Exception {
        registration.unregister();
        if (kernels instanceof AutoCloseable closeable) {
            closeable.close();
        }
    }

    /** {@code cuda} leaves to the CPU what no GPU does, as fast as it can. */
    static KernelsChoice choice(@Nullable String setting) {
        return setting == null || setting.strip().equals("cuda")
                ? KernelsChoice.NATIVE
                : KernelsChoice.parse(KERNELS, setting);
    }

    static int threads(@Nullable String setting) {
        if (setting == null) {
            return Runtime.getRuntime().availableProcessors();
        }
        try {
            int threads = Integer.parseInt(setting.strip());
            if (threads >= 1) {
                return threads;
            }
        } catch (NumberFormatException e) {
            throw refusal(setting, e);
        }
        throw refusal(setting, null);
    }

    private static IllegalArgumentException refusal(String setting, @Nullable Exception cause) {
        return new IllegalArgumentException(
                THREADS + " is '" + setting + "': set a whole number of at least 1, or leave it out", cause);
    }
}
