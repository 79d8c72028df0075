package dev.apprentice.llm.internal;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.apprentice.compute.DataType;
import dev.apprentice.llm.internal.gguf.GgufFile;
import dev.apprentice.llm.internal.gguf.GgufWriter;
import dev.apprentice.model.Adapter;
import dev.apprentice.model.AdapterFiles;
import dev.apprentice.model.AdapterSpec;
import dev.apprentice.model.ModelException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Damaged files: each is refused by a {@link ModelException}, or is a model after all. */
@Timeout(120)
class FuzzTest {
    private static final int WIDTH = 32;
    private static final int TOKENS = 259;
    /** What the virtual machine takes to link code that runs for the first time. */
    private static final long FIRST_USE = 1 << 20;

    @TempDir
    Path folder;

    /** A whole model of one block, small enough to be loaded thousands of times. */
    private byte[] gguf() throws IOException {
        List<String> tokens = new ArrayList<>();
        for (int value = 0, next = 256; value < 256; value++) {
            boolean printable = value > 32 && value < 127 || value > 160 && value != 173;
            tokens.add(Character.toString(printable ? value : next++));
        }
        tokens.addAll(List.of("he", "her", "<|end|>"));
        int[] kinds = new int[TOKENS];
        Arrays.fill(kinds, 1);
        kinds[TOKENS - 1] = 3;
        GgufWriter writer = new GgufWriter()
                .put("general.architecture", "llama")
                .put("llama.context_length", 64)
                .put("llama.embedding_length", WIDTH)
                .put("llama.block_count", 1)
                .put("llama.feed_forward_length", 64)
                .put("llama.attention.head_count", 4)
                .put("llama.attention.head_count_kv", 2)
                .put("llama.attention.layer_norm_rms_epsilon", 1e-5f)
                .put("llama.rope.freq_base", 10_000f)
                .put("llama.rope.scaling.type", "linear")
                .put("llama.rope.scaling.factor", 2f)
                .put("tokenizer.ggml.model", "gpt2")
                .put("tokenizer.ggml.pre", "llama-bpe")
                .putTexts("tokenizer.ggml.tokens", tokens)
                .putIntegers("tokenizer.ggml.token_type", kinds)
                .putTexts("tokenizer.ggml.merges", List.of("h e", "he r"))
                .put("tokenizer.ggml.eos_token_id", TOKENS - 1);
        tensor(writer, "token_embd.weight", DataType.F16, TOKENS, WIDTH);
        tensor(writer, "blk.0.attn_norm.weight", DataType.F32, WIDTH);
        tensor(writer, "blk.0.attn_q.weight", DataType.Q8_0, 32, WIDTH);
        tensor(writer, "blk.0.attn_k.weight", DataType.Q4_0, 16, WIDTH);
        tensor(writer, "blk.0.attn_v.weight", DataType.BF16, 16, WIDTH);
        tensor(writer, "blk.0.attn_output.weight", DataType.Q4_1, WIDTH, 32);
        tensor(writer, "blk.0.ffn_norm.weight", DataType.F32, WIDTH);
        tensor(writer, "blk.0.ffn_gate.weight", DataType.Q8_0, 64, WIDTH);
        tensor(writer, "blk.0.ffn_up.weight", DataType.Q8_0, 64, WIDTH);
        tensor(writer, "blk.0.ffn_down.weight", DataType.Q8_0, WIDTH, 64);
        tensor(writer, "output_norm.weight", DataType.F32, WIDTH);
        Path file = folder.resolve("small.gguf");
        writer.write(file);
        return Files.readAllBytes(file);
    }

    private static void tensor(GgufWriter writer, String name, DataType type, long... shape) {
        long elements = Arrays.stream(shape).reduce(1, Math::multiplyExact);
        long bytes = elements / type.blockElements() * type.blockBytes();
        writer.tensor(
                name,
                type,
                Arrays.stream(shape).boxed().toList(),
                () -> Arena.ofAuto().allocate(bytes));
    }

    private static MemorySegment memory(byte[] bytes) {
        MemorySegment memory = Arena.ofAuto().allocate(bytes.length, 8);
        memory.copyFrom(MemorySegment.ofArray(bytes));
        return memory;
    }

    private interface Case {
        void run(Random random);
    }

    /** Runs cases of the seeds from 0 on; how many were no faults after all. */
    private static int run(int cases, Case one) {
        int accepted = 0;
        for (int seed = 0; seed < cases; seed++) {
            try {
                one.run(new Random(seed));
                accepted++;
            } catch (ModelException expected) {
                assertThat(expected.getMessage()).isNotBlank();
            } catch (RuntimeException | Error e) {
                throw new AssertionError("Seed " + seed + " is met by " + e, e);
            }
        }
        return accepted;
    }

    private static LlamaModel load(byte[] gguf) {
        ModelBytes bytes = new ModelBytes("small.gguf", Optional.empty(), memory(gguf));
        return LlamaModel.load(GgufSource.open(bytes), Optional.empty(), TestModel.KERNELS);
    }

    @Test
    void ggufFiles() throws IOException {
        byte[] file = gguf();
        assertThat(load(file).info().vocabulary()).isEqualTo(TOKENS);
        int header = file.length
                - (int) GgufFile.parse("", memory(file)).tensors().values().stream()
                        .mapToLong(tensor -> Math.ceilDiv(tensor.data().byteSize(), 32) * 32)
                        .sum();
        int accepted = run(5000, random -> load(Mutations.binary(file, header, random)));
        System.out.println("GGUF: " + accepted + " of 5000 damaged files are models");
        assertThat(accepted).isBetween(50, 4500);
    }

    @Test
    void ggufHeadersTakeNoMoreMemoryThanTheFileAllows() throws IOException {
        byte[] file = gguf();
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        run(5000, random -> {
            MemorySegment damaged = memory(Mutations.binary(file, 8192, random));
            long before = threads.getCurrentThreadAllocatedBytes();
            try {
                GgufFile.parse("small.gguf", damaged);
            } finally {
                assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(8L * file.length + FIRST_USE);
            }
        });
    }

    @Test
    void safetensorsFiles() {
        byte[] file = TinyModel.safetensors(TinyModel.LLAMA.weights());
        int accepted = run(
                1000,
                random -> SafeTensors.parse(
                        "model.safetensors",
                        ModelException.Code.BAD_MODEL,
                        memory(Mutations.safeTensors(file, random))));
        assertThat(accepted).isBetween(10, 900);
    }

    @Test
    void configurations() {
        byte[] weights = TinyModel.safetensors(TinyModel.LLAMA_3.weights());
        String config = TinyModel.LLAMA_3.config();
        TensorSource tensors = PlainTensors.of(
                "model.safetensors",
                SafeTensors.parse("model.safetensors", ModelException.Code.BAD_MODEL, memory(weights))
                        .entries());
        int accepted = run(5000, random -> {
            byte[] changed = Mutations.json(config, random).getBytes(StandardCharsets.UTF_8);
            ModelConfig parsed = ModelConfig.parse(changed);
            new WeightLoader(parsed, tensors, Optional.empty(), WeightLoader.Trust.NEW, Arena.ofAuto()).load();
            new RotaryTables(parsed);
        });
        System.out.println("config.json: " + accepted + " of 5000 damaged files are configurations of the model");
        assertThat(accepted).isBetween(50, 4500);
    }

    @Test
    void packedCheckpoints() {
        byte[] file = new SafeTensorsFile()
                .add("a.qweight", new int[32 * 8], 32, 8)
                .add("a.qzeros", new int[2], 2, 1)
                .addHalves("a.scales", new float[16], 2, 8)
                .add("a.g_idx", IntStream.range(0, 256).map(i -> i / 128).toArray(), 256)
                .addHalves("norm", new float[4], 4)
                .bytes();
        String config =
                "{\"quant_method\": \"gptq\", \"bits\": 4, \"group_size\": 128, \"checkpoint_format\": \"gptq\"}";
        run(5000, random -> {
            byte[] damaged = random.nextBoolean() ? Mutations.safeTensors(file, random) : file;
            String settings = random.nextBoolean() ? Mutations.json(config, random) : config;
            PackedFormat format = PackedFormat.parse(Json.object(
                    settings.getBytes(StandardCharsets.UTF_8), what -> ModelBytes.fault("config.json " + what)));
            TensorSource source = PackedTensors.of(
                    "model.safetensors",
                    format,
                    SafeTensors.parse("model.safetensors", ModelException.Code.BAD_MODEL, memory(damaged))
                            .entries());
            source.tensors().keySet().forEach(source::data);
        });
    }

    @Test
    void shardedIndexes() {
        byte[] weights = TinyModel.safetensors(TinyModel.LLAMA.weights());
        String index =
                "{\"metadata\": {\"total_size\": 1}, \"weight_map\": {\"model.norm.weight\": \"model.safetensors\", "
                        + "\"b\": \"other.safetensors\"}}";
        run(300, random -> {
            String changed = Mutations.json(index, random);
            Map<String, byte[]> files = Map.of(
                    "model.safetensors.index.json", changed.getBytes(StandardCharsets.UTF_8),
                    "model.safetensors", weights,
                    "config.json", "{}".getBytes(StandardCharsets.UTF_8));
            HuggingFaceSource.open(new ModelFiles() {
                @Override
                public InputStream open(String name) throws IOException {
                    byte[] content = files.get(name);
                    if (content == null) {
                        throw new IOException("no " + name);
                    }
                    return new ByteArrayInputStream(content);
                }

                @Override
                public boolean has(String name) {
                    return files.containsKey(name);
                }
            });
        });
    }

    @Test
    void adapters() {
        LlamaModel model = TinyModel.LLAMA.load();
        Adapter adapter = model.freshAdapter(new AdapterSpec(2, 4, AdapterSpec.LINEAR_LAYERS), 1);
        AdapterFiles files = model.writeAdapter(adapter);
        String config = new String(files.config(), StandardCharsets.UTF_8);
        int accepted = run(3000, random -> {
            boolean tensors = random.nextBoolean();
            model.readAdapter(
                    tensors
                            ? new AdapterFiles(files.config(), Mutations.safeTensors(files.tensors(), random))
                            : new AdapterFiles(
                                    Mutations.json(config, random).getBytes(StandardCharsets.UTF_8), files.tensors()));
        });
        System.out.println("Adapters: " + accepted + " of 3000 damaged ones are adapters");
        assertThat(accepted).isBetween(10, 2700);
    }
}
