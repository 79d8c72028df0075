package dev.apprentice.llm.internal;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import dev.apprentice.compute.DataType;
import dev.apprentice.llm.internal.SafeTensors.ElementType;
import dev.apprentice.model.ModelException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The tensors of a GPTQ or AWQ checkpoint. Linear layers are repacked when they are asked for, and the pages of the file that were
 * read for it are given back; all else is as in the file. Checkpoints whose groups do not follow the order of the inputs
 * ({@code desc_act}) are refused: no layout with one scale to 128 neighbours holds them.
 */
record PackedTensors(
        String file,
        Map<String, PackedLinear> packed,
        PlainTensors plain,
        Map<String, TensorInfo> tensors,
        Arena copies)
        implements TensorSource {
    private static final String WORDS = ".qweight";
    private static final String ZEROS = ".qzeros";
    private static final String SCALES = ".scales";
    private static final String GROUPS = ".g_idx";

    static PackedTensors of(String file, PackedFormat format, Map<String, SafeTensors.Entry> entries) {
        Map<String, SafeTensors.Entry> rest = new LinkedHashMap<>(entries);
        Map<String, PackedLinear> packed = new HashMap<>();
        Map<String, TensorInfo> tensors = new LinkedHashMap<>();
        entries.keySet().stream().filter(name -> name.endsWith(WORDS)).forEach(name -> {
            String module = name.substring(0, name.length() - WORDS.length());
            PackedLinear linear = new Reader(file, format, module, rest).read();
            packed.put(module + ".weight", linear);
            tensors.put(module + ".weight", new TensorInfo(DataType.Q4_G128, List.of((long) linear.outputs(), (long)
                    linear.inputs())));
            SafeTensors.Entry bias = rest.get(module + ".bias");
            if (bias != null && allZero(bias.data())) {
                rest.remove(module + ".bias"); // written for every layer, also where the model has none
            }
        });
        PlainTensors plain = PlainTensors.of(file, rest);
        plain.tensors().forEach((name, info) -> {
            if (tensors.put(name, info) != null) {
                throw plain.fault("holds " + name + " both packed and not");
            }
        });
        return new PackedTensors(file, packed, plain, tensors, Arena.ofAuto());
    }

    @Override
    public MemorySegment data(String name) {
        PackedLinear linear = packed.get(name);
        if (linear == null) {
            return plain.data(name);
        }
        MemorySegment data = copies.allocate(linear.outputs() * DataType.Q4_G128.rowBytes(linear.inputs()), 64);
        linear.repack(data);
        if (linear.words().isMapped()) {
            linear.words().unload();
        }
        return data;
    }

    @Override
    public ModelException fault(String what) {
        return plain.fault(what);
    }

    private static boolean allZero(MemorySegment data) {
        for (long at = 0; at < data.byteSize(); at++) {
            if (data.get(JAVA_BYTE, at) != 0) {
                return false;
            }
        }
        return true;
    }

    /** Takes the tensors of one module out of the entries, each checked against the others. */
    private record Reader(String file, PackedFormat format, String module, Map<String, SafeTensors.Entry> entries) {

        PackedLinear read() {
            SafeTensors.Entry words = take(WORDS, ElementType.I32);
            boolean alongInputs = format.layout() != PackedFormat.Layout.AWQ;
            int inputs = size(words, 0, alongInputs ? 8 : 1);
            int outputs = size(words, 1, alongInputs ? 1 : 8);
            int groupSize = format.groupSize() == 0 ? inputs : format.groupSize();
            if (inputs % 128 != 0 || inputs % groupSize != 0 || outputs % 8 != 0) {
                throw fault("has " + outputs + " outputs and " + inputs + " inputs in groups of " + groupSize
                        + ", but whole groups and multiples of 8 and 128 are needed");
            }
            long groups = inputs / groupSize;
            SafeTensors.Entry zeros = take(ZEROS, ElementType.I32);
            SafeTensors.Entry scales = take(SCALES, ElementType.F16);
            require(ZEROS, zeros, groups, outputs / 8);
            require(SCALES, scales, groups, outputs);
            if (entries.containsKey(module + GROUPS)) {
                SafeTensors.Entry order = take(GROUPS, ElementType.I32);
                require(GROUPS, order, inputs);
                for (int i = 0; i < inputs; i++) {
                    if (order.data().get(JAVA_INT_UNALIGNED, 4L * i) != i / groupSize) {
                        throw fault("puts input " + i + " out of order (desc_act), which is not supported");
                    }
                }
            }
            return new PackedLinear(
                    format.layout(), words.data(), zeros.data(), scales.data(), inputs, outputs, groupSize);
        }

        private SafeTensors.Entry take(String suffix, ElementType type) {
            SafeTensors.Entry entry = entries.remove(module + suffix);
            if (entry == null || entry.type() != type) {
                throw fault("needs " + module + suffix + " of type " + type + ", but there is "
                        + (entry == null ? "none" : entry.type()));
            }
            return entry;
        }

        private int size(SafeTensors.Entry words, int dimension, int factor) {
            if (words.shape().size() != 2
                    || words.shape().get(dimension) > Integer.MAX_VALUE / 8
                    || words.shape().get(dimension) < 1) {
                throw fault("has words of shape " + words.shape());
            }
            return Math.toIntExact(words.shape().get(dimension)) * factor;
        }

        private void require(String suffix, SafeTensors.Entry entry, long... shape) {
            List<Long> expected = Arrays.stream(shape).boxed().toList();
            if (!entry.shape().equals(expected)) {
                throw fault("has " + module + suffix + " of shape " + entry.shape() + ", but expected is " + expected);
            }
        }

        private ModelException fault(String what) {
            return ModelBytes.fault(file + ": the packed layer " + module + " " + what
                    + ": use the complete files of a GPTQ or AWQ checkpoint");
        }
    }
}
