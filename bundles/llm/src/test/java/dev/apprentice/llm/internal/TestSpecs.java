package dev.apprentice.llm.internal;

import dev.apprentice.model.AdapterKind;
import dev.apprentice.model.AdapterKind.Form;
import dev.apprentice.model.AdapterKind.Scaling;
import dev.apprentice.model.AdapterKind.Size;
import dev.apprentice.model.AdapterSpec;
import java.util.List;
import java.util.Map;

/** One adapter of every kind, none of them with defaults only. */
final class TestSpecs {
    static final AdapterSpec RS_LORA = new AdapterSpec(
            new AdapterKind.LowRank(
                    new Size(3, 2),
                    Scaling.BY_ROOT_OF_RANK,
                    Form.PRODUCT,
                    Map.of("model.layers.1.mlp.up_proj", new Size(1, 5), "model.layers.2.mlp.up_proj", new Size(4, 2))),
            List.of("q_proj", "up_proj"),
            List.of(1, 2));
    static final AdapterSpec DORA = new AdapterSpec(
            new AdapterKind.LowRank(
                    new Size(2, 4),
                    Scaling.BY_RANK,
                    Form.DECOMPOSED,
                    Map.of("model.layers.0.self_attn.k_proj", new Size(3, 4))),
            AdapterSpec.LINEAR_LAYERS,
            List.of());
    static final AdapterSpec IA3 = new AdapterSpec(
            new AdapterKind.Ia3(List.of("down_proj")), List.of("k_proj", "v_proj", "down_proj"), List.of());
    static final AdapterSpec IA3_QWEN = new AdapterSpec(
            new AdapterKind.Ia3(List.of("down_proj", "o_proj")),
            List.of("q_proj", "v_proj", "o_proj", "gate_proj", "down_proj"),
            List.of(0, 2));
    static final List<AdapterSpec> ALL = List.of(RS_LORA, DORA, IA3, IA3_QWEN);

    private TestSpecs() {}
}
