package dev.apprentice.llm.internal;

import dev.apprentice.llm.internal.gguf.GgufConfig;
import dev.apprentice.llm.internal.gguf.GgufFile;
import dev.apprentice.llm.internal.gguf.GgufNames;
import dev.apprentice.llm.internal.gguf.GgufTensor;
import dev.apprentice.llm.internal.gguf.RotaryPermutation;
import dev.apprentice.model.ModelException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The tensors of a GGUF file, used where they lie in it. Only query and key of architectures that have their rows in another order
 * are copied, row by row: a twelfth of an 8B model. The pages of the file that were read for it are given back.
 */
record GgufTensors(GgufFile file, Map<String, GgufTensor> byName, Map<String, TensorInfo> tensors, Arena copies)
        implements TensorSource {
    private static final Pattern QUERY_OR_KEY =
            Pattern.compile("model\\.layers\\.\\d+\\.self_attn\\.[qk]_proj\\.(weight|bias)");
    private static final String ROPE_FREQUENCIES = "rope_freqs.weight";

    static GgufTensors of(GgufFile file) {
        Map<String, GgufTensor> byName = new LinkedHashMap<>();
        Map<String, TensorInfo> tensors = new LinkedHashMap<>();
        file.tensors().forEach((name, tensor) -> {
            if (!name.equals(ROPE_FREQUENCIES)) { // its content has gone into the configuration
                byName.put(GgufNames.toHuggingFace(name), tensor);
                tensors.put(GgufNames.toHuggingFace(name), new TensorInfo(tensor.type(), tensor.shape()));
            }
        });
        return new GgufTensors(file, byName, tensors, Arena.ofAuto());
    }

    @Override
    public MemorySegment data(String name) {
        GgufTensor tensor = byName.get(name);
        if (tensor == null) {
            throw fault("lacks the tensor " + name);
        }
        boolean permuted = GgufConfig.Architecture.of(file).permutesQueryAndKey()
                && QUERY_OR_KEY.matcher(name).matches();
        return permuted ? inOrder(name, tensor) : tensor.data();
    }

    private MemorySegment inOrder(String name, GgufTensor tensor) {
        long rows = tensor.shape().getFirst();
        int headDim = GgufConfig.headDim(file);
        if (rows % headDim != 0) {
            throw fault("holds " + name + " of " + rows + " rows, which are no heads of " + headDim);
        }
        MemorySegment copy = copies.allocate(tensor.data().byteSize(), 64);
        RotaryPermutation.undo(tensor.data(), copy, Math.toIntExact(rows / headDim), headDim);
        if (tensor.data().isMapped()) {
            tensor.data().unload();
        }
        return copy;
    }

    @Override
    public ModelException fault(String what) {
        return file.fault(what);
    }
}
