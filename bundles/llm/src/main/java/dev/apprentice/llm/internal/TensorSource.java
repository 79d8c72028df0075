package dev.apprentice.llm.internal;

import dev.apprentice.model.ModelException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** The tensors of a base model by their Hugging Face names, whatever file they lie in. */
public interface TensorSource {

    /** What is there. */
    Map<String, TensorInfo> tensors();

    /** The bytes of a tensor that is there: where they lie, or a copy where their order or packing had to change. */
    MemorySegment data(String name);

    /** A fault of the file that holds them. */
    ModelException fault(String what);

    /** A tensor that must be there in this shape. */
    default TensorInfo require(String name, long... shape) {
        TensorInfo info = tensors().get(name);
        List<Long> expected = Arrays.stream(shape).boxed().toList();
        if (info == null) {
            throw fault("lacks the tensor " + name + " of shape " + expected);
        }
        if (!info.shape().equals(expected)) {
            throw fault("holds " + name + " of shape " + info.shape() + ", but expected is " + expected);
        }
        return info;
    }
}
