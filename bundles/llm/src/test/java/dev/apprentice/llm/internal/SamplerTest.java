package dev.apprentice.llm.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.apprentice.compute.Tensor;
import dev.apprentice.model.Sampling;
import java.lang.foreign.Arena;
import java.util.Map;
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

    @Test
    void presenceCountsOnceAndFrequencyEachTimeAndNeitherForThePrompt() {
        Tensor logits = Tensor.allocate(Arena.ofAuto(), 1, 3);
        logits.set(0, 0, 1);
        logits.set(0, 1, 0.55f);
        logits.set(0, 2, -5);
        Sampler present = new Sampler(penalised(new Sampling.Penalties(1, 0.4, 0)), 3);
        Sampler frequent = new Sampler(penalised(new Sampling.Penalties(1, 0, 0.4)), 3);
        present.see(0, 0);
        frequent.see(0, 0);
        assertThat(present.choose(logits)).isZero();
        for (Sampler sampler : new Sampler[] {present, frequent}) {
            sampler.note(0);
            assertThat(sampler.choose(logits)).isZero();
            sampler.note(0);
        }
        assertThat(present.choose(logits)).isZero();
        assertThat(frequent.choose(logits)).isEqualTo(1);
    }

    private static Sampling penalised(Sampling.Penalties penalties) {
        return new Sampling(0, 0, 1, 0, penalties, Map.of(), 0);
    }

    @Test
    void aBiasChangesTheShares() {
        Map<Integer, Double> bias = Map.of(1, -100.0, 2, Math.log(6));
        assertThat(shares(new Sampling(1, 0, 1, 0, Sampling.Penalties.NONE, bias, 3)))
                .containsExactly(new double[] {0.2, 0, 0.4, 0.4}, within(0.02));
    }

    @Test
    void whatAConstraintForbidsIsNeverDrawn() {
        Tensor logits = Tensor.allocate(Arena.ofAuto(), 1, 4);
        Constraint even = new Constraint() {
            @Override
            public void mask(float[] masked, int left) {
                masked[1] = Float.NEGATIVE_INFINITY;
                masked[3] = Float.NEGATIVE_INFINITY;
            }

            @Override
            public void take(int token) {}

            @Override
            public boolean complete() {
                return false;
            }
        };
        for (Sampling sampling : new Sampling[] {new Sampling(5, 0, 1, 0, 1, 3), new Sampling(5, 4, 1, 0, 1, 3)}) {
            Sampler sampler = new Sampler(sampling, 4);
            for (int i = 0; i < 200; i++) {
                assertThat(sampler.choose(logits, even, 1) % 2).isZero();
            }
        }
    }
}
