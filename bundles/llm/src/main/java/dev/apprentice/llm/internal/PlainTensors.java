package dev.apprentice.llm.internal;

import dev.apprentice.compute.DataType;
import dev.apprentice.model.ModelException;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.Map;

/** Tensors of safetensors files as they are. */
record PlainTensors(String file, Map<String, SafeTensors.Entry> entries, Map<String, TensorInfo> tensors)
        implements TensorSource {

    static PlainTensors of(String file, Map<String, SafeTensors.Entry> entries) {
        Map<String, TensorInfo> tensors = new LinkedHashMap<>();
        PlainTensors source = new PlainTensors(file, entries, tensors);
        entries.forEach((name, entry) -> tensors.put(
                name,
                new TensorInfo(
                        switch (entry.type()) {
                            case F32 -> DataType.F32;
                            case F16 -> DataType.F16;
                            case BF16 -> DataType.BF16;
                            case I32 -> throw source.fault("holds " + name + " of whole numbers");
                        },
                        entry.shape())));
        return source;
    }

    @Override
    public MemorySegment data(String name) {
        SafeTensors.Entry entry = entries.get(name);
        if (entry == null) {
            throw fault("lacks the tensor " + name);
        }
        return entry.data();
    }

    @Override
    public ModelException fault(String what) {
        return ModelBytes.fault(file + " " + what + ": use the complete file of a model that fits");
    }
}
