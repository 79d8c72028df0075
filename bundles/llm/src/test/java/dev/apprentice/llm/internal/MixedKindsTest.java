package dev.apprentice.llm.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.apprentice.model.Adapter;
import dev.apprentice.model.AdapterSpec;
import dev.apprentice.testkit.Golden;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One pass over sequences with adapters of every kind gives each what it gets alone, where layers have biases and head norms too. */
class MixedKindsTest {
    @ParameterizedTest
    @ValueSource(strings = {"llamaLinear", "qwen3"})
    void everyKindInOnePass(String name) {
        LlamaModel model = TinyModel.named(name).load();
        List<Network> networks = new ArrayList<>(List.of(model.baseNetwork()));
        for (AdapterSpec spec : TestSpecs.ALL) {
            Adapter adapter = GradientsTest.randomised(model, model.freshAdapter(spec, 3));
            networks.add(model.network(adapter));
        }
        int n = networks.size();
        int[] tokens = ArchitecturesTest.tokens(n);
        List<Session> sessions = new ArrayList<>();
        List<Pass.Part> parts = new ArrayList<>();
        for (int row = 0; row < n; row++) {
            Session session = new Session(model.transformer(), networks.get(row), 3);
            session.read(ArchitecturesTest.tokens(3));
            sessions.add(session);
            parts.add(new Pass.Part(session.cache(), row, 1));
        }
        Network mixed = MixedNetwork.of(networks);
        try (Pass pass = new Pass(model.transformer(), n, mixed)) {
            float[] together = TestModel.floats(pass.run(mixed, tokens, parts).data());
            List<float[]> answers = new ArrayList<>();
            for (int row = 0; row < n; row++) {
                try (Session alone = new Session(model.transformer(), networks.get(row), 3)) {
                    alone.read(ArchitecturesTest.tokens(3));
                    float[] expected =
                            TestModel.floats(alone.read(new int[] {tokens[row]}).data());
                    assertThat(Golden.relativeError(Golden.row(together, TinyModel.WIDTH, row), expected))
                            .as("row %d", row)
                            .isLessThan(1e-5);
                    answers.add(expected);
                }
            }
            assertThat(Golden.relativeError(answers.get(1), answers.get(0))).isGreaterThan(1e-2);
        }
        sessions.forEach(Session::close);
    }
}
