package dev.apprentice.llm.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.apprentice.compute.Tensor;
import dev.apprentice.model.Sampling;
import java.lang.foreign.Arena;
import org.junit.jupiter.api.Test;

class SamplerTest {
    private static final int DRAWS = 20_000;

    /** Shares of each token in many draws from probabilities 0.5, 0.3, 0.15, 0.05. */
    private static double[] shares(Sampling sampling, int... seen) {
        double[] probabilities = {0.15, 0.5, 0.05, 0.3};
        Tensor logits = Tensor.allocate(Arena.ofAuto(), 1, 4);
        for (int i = 0; i < 4; i++) {
            logits.set(0, i, (float) Math.log(probabilities[i]));
        }
        Sampler sampler = new Sampler(sampling, 4);
        sampler.see(seen);
        double[] shares = new double[4];
        for (int i = 0; i < DRAWS; i++) {
            shares[sampler.choose(logits)] += 1.0 / DRAWS;
        }
        return shares;
    }

    @Test
    void drawsFollowTheProbabilities() {
        assertThat(shares(new Sampling(1, 0, 1, 0, 1, 3)))
                .containsExactly(new double[] {0.15, 0.5, 0.05, 0.3}, within(0.02));
    }

    @Test
    void temperatureSharpens() {
        assertThat(shares(new Sampling(0.5, 0, 1, 0, 1, 3))[1]).isCloseTo(0.25 / 0.365, within(0.02));
        assertThat(shares(Sampling.GREEDY)).containsExactly(new double[] {0, 1, 0, 0}, within(1e-6));
    }

    @Test
    void filtersKeepTheLikeliest() {
        assertThat(shares(new Sampling(1, 2, 1, 0, 1, 3)))
                .containsExactly(new double[] {0, 0.625, 0, 0.375}, within(0.02));
        assertThat(shares(new Sampling(1, 0, 0.79, 0, 1, 3)))
                .containsExactly(new double[] {0, 0.625, 0, 0.375}, within(0.02));
        assertThat(shares(new Sampling(1, 0, 1, 0.4, 1, 3)))
                .containsExactly(new double[] {0, 0.625, 0, 0.375}, within(0.02));
        assertThat(shares(new Sampling(1, 0, 0.01, 0, 1, 3))[1]).isCloseTo(1, within(1e-6));
    }

    @Test
    void thePenaltyMakesSeenTokensRarer() {
        assertThat(shares(new Sampling(0, 0, 1, 0, 2, 3), 1)[3]).isCloseTo(1, within(1e-6));
    }
}
