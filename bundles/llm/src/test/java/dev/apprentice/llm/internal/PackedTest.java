package dev.apprentice.llm.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.apprentice.compute.DataType;
import dev.apprentice.compute.Dequantizer;
import dev.apprentice.compute.Matrix;
import dev.apprentice.model.ModelException;
import dev.apprentice.testkit.Golden;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** GPTQ and AWQ checkpoints. */
class PackedTest {
    private static final String NAME = "model.layers.0.mlp.up_proj";
    /** AWQ: nibble i of a word holds column AWQ_ORDER[i]. */
    private static final int[] AWQ_ORDER = {0, 2, 4, 6, 1, 3, 5, 7};

    @TempDir
    Path folder;

    private static TensorSource source(String quantisation, SafeTensorsFile file) {
        JsonNode config = Json.MAPPER.readTree(quantisation);
        byte[] bytes = file.bytes();
        MemorySegment memory = Arena.ofAuto().allocate(bytes.length);
        memory.copyFrom(MemorySegment.ofArray(bytes));
        return PackedTensors.of(
                "model.safetensors",
                PackedFormat.parse(config),
                SafeTensors.parse("model.safetensors", ModelException.Code.BAD_MODEL, memory)
                        .entries());
    }

    private static float[][] weights(TensorSource source, int outputs, int inputs) {
        TensorInfo info = source.require(NAME + ".weight", outputs, inputs);
        assertThat(info.type()).isEqualTo(DataType.Q4_G128);
        Matrix matrix = new Matrix(info.type(), outputs, inputs, source.data(NAME + ".weight"));
        float[][] rows = new float[outputs][inputs];
        for (int i = 0; i < outputs; i++) {
            Dequantizer.row(matrix, i, rows[i]);
        }
        return rows;
    }

    private static int[] words(Random random, int count) {
        return random.ints(count).toArray();
    }

    private static float[] scales(Random random, int count) {
        float[] scales = new float[count];
        for (int i = 0; i < count; i++) {
            scales[i] = Float.float16ToFloat(Float.floatToFloat16(random.nextFloat() / 10));
        }
        return scales;
    }

    @ParameterizedTest
    @CsvSource({"gptq, 128, 1", "gptq, 256, 1", "gptq, -1, 1", "gptq_v2, 128, 0"})
    void gptqWeightsAreExact(String format, int groupSize, int less) {
        Random random = new Random(groupSize);
        int inputs = 512;
        int outputs = 200;
        int size = groupSize < 0 ? inputs : groupSize;
        int groups = inputs / size;
        int[] q = words(random, inputs / 8 * outputs);
        int[] z = words(random, groups * outputs / 8);
        float[] s = scales(random, groups * outputs);
        int[] order = new int[inputs];
        for (int i = 0; i < inputs; i++) {
            order[i] = i / size;
        }
        TensorSource source = source(
                "{\"quant_method\": \"gptq\", \"bits\": 4, \"group_size\": " + groupSize + ", \"checkpoint_format\": \""
                        + format + "\"}",
                new SafeTensorsFile()
                        .add(NAME + ".qweight", q, inputs / 8, outputs)
                        .add(NAME + ".qzeros", z, groups, outputs / 8)
                        .addHalves(NAME + ".scales", s, groups, outputs)
                        .add(NAME + ".g_idx", order, inputs)
                        .addHalves(NAME + ".bias", new float[outputs], outputs));
        float[][] decoded = weights(source, outputs, inputs);
        for (int o = 0; o < outputs; o++) {
            for (int k = 0; k < inputs; k++) {
                int group = order[k];
                int quantum = q[k / 8 * outputs + o] >> 4 * (k % 8) & 15;
                int zero = (z[group * (outputs / 8) + o / 8] >> 4 * (o % 8) & 15) + less;
                assertThat(decoded[o][k]).isEqualTo(s[group * outputs + o] * (quantum - zero));
            }
        }
        assertThat(source.tensors()).containsOnlyKeys(NAME + ".weight"); // a bias of zeros is none
    }

    @ParameterizedTest
    @ValueSource(ints = {128, 256})
    void awqWeightsAreExact(int groupSize) {
        Random random = new Random(groupSize);
        int inputs = 512;
        int outputs = 72;
        int groups = inputs / groupSize;
        int[] q = words(random, inputs * outputs / 8);
        int[] z = words(random, groups * outputs / 8);
        float[] s = scales(random, groups * outputs);
        TensorSource source = source(
                "{\"quant_method\": \"awq\", \"bits\": 4, \"group_size\": " + groupSize + ", \"version\": \"gemm\"}",
                new SafeTensorsFile()
                        .add(NAME + ".qweight", q, inputs, outputs / 8)
                        .add(NAME + ".qzeros", z, groups, outputs / 8)
                        .addHalves(NAME + ".scales", s, groups, outputs));
        float[][] decoded = weights(source, outputs, inputs);
        for (int k = 0; k < inputs; k++) {
            int group = k / groupSize;
            for (int c = 0; c < outputs / 8; c++) {
                for (int i = 0; i < 8; i++) {
                    int o = 8 * c + AWQ_ORDER[i];
                    int quantum = q[k * outputs / 8 + c] >> 4 * i & 15;
                    int zero = z[group * outputs / 8 + c] >> 4 * i & 15;
                    assertThat(decoded[o][k]).isEqualTo(s[group * outputs + o] * (quantum - zero));
                }
            }
        }
    }

    @Test
    void aWholeCheckpointGivesTheLogitsOfItsWeights() throws IOException {
        LlamaModel expected = TestModel.load(DataType.Q4_G128);
        Map<String, SafeTensors.Entry> entries = SafeTensors.parse(
                        ModelFiles.WEIGHTS,
                        ModelException.Code.BAD_MODEL,
                        ModelBytes.map(TestModel.DIRECTORY.resolve(ModelFiles.WEIGHTS))
                                .data())
                .entries();
        SafeTensorsFile file = new SafeTensorsFile();
        entries.forEach((name, entry) -> {
            if (name.contains("_proj.weight")) {
                String[] parts = name.split("\\.");
                Matrix matrix = Objects.requireNonNull(expected.weights()
                                .layers()
                                .get(Integer.parseInt(parts[2]))
                                .linear()
                                .get(parts[4]))
                        .weight();
                gptq(name.replace(".weight", ""), matrix, file);
            } else {
                file.add(
                        name,
                        entry.type().name(),
                        entry.data().toArray(ValueLayout.JAVA_BYTE),
                        entry.shape().stream().mapToLong(Long::longValue).toArray());
            }
        });
        Files.write(folder.resolve(ModelFiles.WEIGHTS), file.bytes());
        Files.copy(TestModel.DIRECTORY.resolve(ModelFiles.TOKENIZER), folder.resolve(ModelFiles.TOKENIZER));
        ObjectNode config =
                (ObjectNode) Json.MAPPER.readTree(Files.readAllBytes(TestModel.DIRECTORY.resolve(ModelFiles.CONFIG)));
        config.putObject("quantization_config")
                .put("quant_method", "gptq")
                .put("bits", 4)
                .put("group_size", 128);
        Files.writeString(folder.resolve(ModelFiles.CONFIG), config.toString());

        LlamaModel model = LlamaModel.load(ModelSource.open(folder), Optional.empty(), TestModel.KERNELS);

        assertThat(model.info().weightType()).isEqualTo("Q4_G128");
        int[] tokens = Golden.tensors("forward.safetensors").integers("input_ids");
        // its embedding is in BF16, that of the other in Q8_0
        double error =
                Golden.relativeError(TestModel.logits(model, tokens, null), TestModel.logits(expected, tokens, null));
        assertThat(error).isLessThan(0.01);
    }

    /** Packs a matrix as AutoGPTQ does; its zero points are at least 1. */
    private static void gptq(String module, Matrix matrix, SafeTensorsFile file) {
        int outputs = matrix.rows();
        int inputs = matrix.columns();
        int groups = inputs / 128;
        int[] q = new int[inputs / 8 * outputs];
        int[] z = new int[groups * outputs / 8];
        float[] s = new float[groups * outputs];
        float[] row = new float[inputs];
        for (int o = 0; o < outputs; o++) {
            Dequantizer.row(matrix, o, row);
            for (int g = 0; g < groups; g++) {
                long block = 68L * g;
                int zero = matrix.row(o).get(ValueLayout.JAVA_SHORT_UNALIGNED, block + 2);
                float scale = Float.float16ToFloat(matrix.row(o).get(ValueLayout.JAVA_SHORT_UNALIGNED, block));
                assertThat(zero).isPositive();
                z[g * outputs / 8 + o / 8] |= zero - 1 << 4 * (o % 8);
                s[g * outputs + o] = scale;
                for (int k = 128 * g; k < 128 * g + 128; k++) {
                    q[k / 8 * outputs + o] |= Math.round(row[k] / scale) + zero << 4 * (k % 8);
                }
            }
        }
        file.add(module + ".qweight", q, inputs / 8, outputs)
                .add(module + ".qzeros", z, groups, outputs / 8)
                .addHalves(module + ".scales", s, groups, outputs);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"quant_method\": \"gptq\", \"bits\": 3}|bits = 3",
                "{\"quant_method\": \"gptq\", \"bits\": 4, \"group_size\": 32}|group_size = 32",
                "{\"quant_method\": \"awq\", \"version\": \"gemv\"}|gemv",
                "{\"quant_method\": \"bitsandbytes\"}|bitsandbytes",
                "{\"quant_method\": \"gptq\", \"checkpoint_format\": \"marlin\"}|marlin",
            })
    void otherCheckpointsAreRefused(String quantisation, String reason) {
        assertThatThrownBy(() -> PackedFormat.parse(Json.MAPPER.readTree(quantisation)))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(reason);
    }

    @Test
    void inputsOutOfOrderAreRefused() {
        int[] order = new int[256];
        order[3] = 1;
        SafeTensorsFile file = new SafeTensorsFile()
                .add(NAME + ".qweight", new int[32 * 8], 32, 8)
                .add(NAME + ".qzeros", new int[2], 2, 1)
                .addHalves(NAME + ".scales", new float[16], 2, 8)
                .add(NAME + ".g_idx", order, 256);
        assertThatThrownBy(() -> source("{\"quant_method\": \"gptq\", \"bits\": 4, \"group_size\": 128}", file))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("input 3 out of order")
                .hasMessageContaining(NAME);
    }
}
