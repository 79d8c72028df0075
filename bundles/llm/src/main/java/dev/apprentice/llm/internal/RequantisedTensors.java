package dev.apprentice.llm.internal;

import dev.apprentice.compute.DataType;
import dev.apprentice.compute.Matrix;
import dev.apprentice.model.ModelException;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The tensors of a model with other blocks in the place of its own.
 *
 * @param data of the tensors that are not the source's
 */
record RequantisedTensors(TensorSource source, Map<String, TensorInfo> tensors, Map<String, MemorySegment> data)
        implements TensorSource {

    static RequantisedTensors of(TensorSource source, List<Weights.Layer> blocks) {
        RequantisedTensors result =
                new RequantisedTensors(source, new LinkedHashMap<>(source.tensors()), new LinkedHashMap<>());
        for (int layer = 0; layer < blocks.size(); layer++) {
            result.put(layer, blocks.get(layer));
        }
        return result;
    }

    private void put(int layer, Weights.Layer block) {
        String prefix = "model.layers." + layer;
        vector(prefix + ".input_layernorm.weight", block.attentionNorm());
        vector(prefix + ".post_attention_layernorm.weight", block.feedForwardNorm());
        block.linear().forEach((target, linear) -> {
            String module = ModelConfig.moduleName(layer, target);
            Matrix weight = linear.weight();
            tensors.put(module + ".weight", new TensorInfo(weight.type(), List.of((long) weight.rows(), (long)
                    weight.columns())));
            data.put(module + ".weight", weight.data());
            if (linear.bias() != null) {
                vector(module + ".bias", linear.bias());
            }
        });
    }

    private void vector(String name, MemorySegment values) {
        tensors.put(name, new TensorInfo(DataType.F32, List.of(values.byteSize() / 4)));
        data.put(name, values);
    }

    @Override
    public MemorySegment data(String name) {
        MemorySegment replaced = data.get(name);
        return replaced == null ? source.data(name) : replaced;
    }

    @Override
    public ModelException fault(String what) {
        return source.fault(what);
    }
}
