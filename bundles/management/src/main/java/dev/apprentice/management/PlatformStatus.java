package dev.apprentice.management;

import java.util.List;

/** How the platform is. */
@FunctionalInterface
public interface PlatformStatus {

    Report now();

    /**
     * The platform at one moment.
     *
     * @param kernels what computes; empty if nothing is known
     * @param skills number of installed skills
     * @param peakMiB most memory the process has held so far
     */
    record Report(
            String version,
            String url,
            String home,
            long uptimeSeconds,
            Model model,
            String kernels,
            List<BundleState> bundles,
            int skills,
            long peakMiB) {
        public Report {
            bundles = List.copyOf(bundles);
        }
    }

    /** The base model in use. */
    record Model(String name, String digest, String weights, long parameters) {}

    /** A bundle of the framework; its state by its OSGi name. */
    record BundleState(String name, String version, String state) {}
}
