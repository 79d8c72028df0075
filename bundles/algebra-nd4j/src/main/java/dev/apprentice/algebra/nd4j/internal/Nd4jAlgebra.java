package dev.apprentice.algebra.nd4j.internal;

import dev.apprentice.compute.LearningAlgebra;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.reduce.longer.MatchCondition;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.conditions.Conditions;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/** Learning algebra by ND4J's native backend, over the callers' memory. Sums are accumulated in float32. */
@Component
public final class Nd4jAlgebra implements LearningAlgebra {

    /** Unpacks the natives below the framework property {@code apprentice.home}, in a folder of this bundle's version. */
    @Activate
    public Nd4jAlgebra(BundleContext context) {
        this(cache(context));
    }

    Nd4jAlgebra(@Nullable Path cache) {
        Nd4jBackend.start(cache);
    }

    private static @Nullable Path cache(BundleContext context) {
        String home = context.getProperty("apprentice.home");
        return home == null
                ? null
                : Path.of(home, "natives", "nd4j-" + context.getBundle().getVersion());
    }

    @Override
    public double norm(MemorySegment vector) {
        double norm = Nd4j.getBlasWrapper().nrm2(Vectors.over(vector));
        Reference.reachabilityFence(vector);
        return norm;
    }

    @Override
    public void scale(MemorySegment vector, double factor) {
        Vectors.target(vector).muli(factor);
        Reference.reachabilityFence(vector);
    }

    @Override
    public void addScaled(MemorySegment target, double factor, MemorySegment vector) {
        Vectors.length(target, vector);
        Nd4j.getBlasWrapper().axpy(factor, Vectors.over(vector), Vectors.target(target));
        Reference.reachabilityFence(target);
        Reference.reachabilityFence(vector);
    }

    @Override
    public boolean isFinite(MemorySegment vector) {
        long notFinite = Nd4j.getExecutioner()
                .exec(new MatchCondition(Vectors.over(vector), Conditions.notFinite()))
                .getLong(0);
        Reference.reachabilityFence(vector);
        return notFinite == 0;
    }

    @Override
    public double addImportancePenalty(
            MemorySegment gradient,
            double strength,
            MemorySegment importance,
            MemorySegment parameters,
            MemorySegment anchor) {
        Vectors.length(gradient, importance, parameters, anchor);
        double penalty;
        try (INDArray difference = Vectors.over(parameters).sub(Vectors.over(anchor));
                INDArray slope = Vectors.over(importance).mul(difference)) {
            penalty = strength / 2 * Nd4j.getBlasWrapper().dot(slope, difference);
            Nd4j.getBlasWrapper().axpy(strength, slope, Vectors.target(gradient));
        }
        Reference.reachabilityFence(gradient);
        Reference.reachabilityFence(importance);
        Reference.reachabilityFence(parameters);
        Reference.reachabilityFence(anchor);
        return penalty;
    }

    @Override
    public Optimiser adam(AdamSettings settings, MemorySegment state) {
        return new Nd4jAdam(settings, state);
    }

    @Override
    public OutlierDetector outlierDetector(float[][] rows, long seed) {
        return new AutoencoderDetector(rows, seed);
    }
}
