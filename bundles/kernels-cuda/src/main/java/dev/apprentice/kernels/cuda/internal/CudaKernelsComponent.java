package dev.apprentice.kernels.cuda.internal;

import dev.apprentice.compute.Kernels;
import java.lang.System.Logger.Level;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/**
 * Registers kernels that use the GPU, ranked above those of the CPU, if there is one and the framework property {@value #KERNELS} is
 * {@value #CUDA} or not set; else says why not.
 */
@Component(
        service = {},
        immediate = true)
public final class CudaKernelsComponent {
    static final String KERNELS = "apprentice.kernels";
    static final String CUDA = "cuda";

    /** Marks our service, which must not be taken for the CPU's. */
    private static final String DEVICE = "apprentice.kernels.device";

    private static final System.Logger LOG = System.getLogger(CudaKernelsComponent.class.getName());

    private @Nullable CudaKernels kernels;
    private @Nullable ServiceRegistration<Kernels> registration;

    @Activate
    public CudaKernelsComponent(
            BundleContext context, @Reference(target = "(!(" + DEVICE + "=" + CUDA + "))") Kernels cpu) {
        String setting = context.getProperty(KERNELS);
        if (setting != null && !setting.strip().equals(CUDA)) {
            LOG.log(Level.INFO, "GPU: not used, because {0} is {1}", KERNELS, setting);
            return;
        }
        try {
            CudaKernels opened = new CudaKernels(CudaDevice.open(), cpu, CudaKernels.LEAST_ELEMENTS);
            LOG.log(Level.INFO, "Kernels: {0}. {1}=native would do without the GPU", opened.description(), KERNELS);
            kernels = opened;
            registration = context.registerService(
                    Kernels.class,
                    opened,
                    FrameworkUtil.asDictionary(
                            Map.of(KERNELS, opened.description(), DEVICE, CUDA, Constants.SERVICE_RANKING, 1)));
        } catch (Unavailable e) {
            if (setting == null) {
                LOG.log(Level.INFO, "GPU: not used, because {0}", e.getMessage());
            } else {
                LOG.log(
                        Level.ERROR,
                        "GPU: not used though {0} is {1}, because {2}; or leave {0} out",
                        KERNELS,
                        CUDA,
                        e.getMessage());
            }
        }
    }

    @Deactivate
    void close() {
        if (registration != null) {
            registration.unregister();
        }
        if (kernels != null) {
            kernels.close();
        }
    }
}
