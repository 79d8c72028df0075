package dev.apprentice.llm.internal;

import dev.apprentice.compute.DataType;
import dev.apprentice.compute.Kernels;
import dev.apprentice.compute.Matrix;
import dev.apprentice.compute.Quantizer;
import dev.apprentice.compute.Tensor;
import dev.apprentice.llm.internal.gguf.GgufNames;
import dev.apprentice.llm.internal.gguf.GgufWriter;
import dev.apprentice.llm.internal.gguf.TokenizerExport;
import dev.apprentice.model.AdapterSpec;
import dev.apprentice.model.Benchmark.Shape;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import tools.jackson.databind.node.ObjectNode;

/** A model of a real shape whose weights are noise: as fast and as large as the real one, and quickly made. */
final class RandomModel {
    /** Rows that are really random; a matrix repeats them. */
    private static final int ROWS = 64;

    private final ModelConfig config;
    private final DataType type;
    private final Arena arena;

    private RandomModel(ModelConfig config, DataType type, Arena arena) {
        this.config = config;
        this.type = type;
        this.arena = arena;
    }

    /** @param arena holds the weights */
    static LlamaModel create(Shape shape, DataType type, Kernels kernels, Arena arena, Path nativeCache) {
        ModelConfig config = ModelConfig.parse(configuration(shape).getBytes(StandardCharsets.UTF_8));
        byte[] tokenizer = tokenizer(config.vocabulary()).getBytes(StandardCharsets.UTF_8);
        Weights weights = new RandomModel(config, type, arena).weights();
        weights.hold(kernels);
        return LlamaModel.of(
                "random-" + shape.label(),
                "sha256:random-" + shape.label() + "-" + type,
                config,
                weights,
                ByteLevelTokenizer.parse(tokenizer, config, nativeCache),
                kernels,
                new GenerationSettings(DataType.F16, 0));
    }

    /** Bytes that one token reads of the weights while decoding. */
    static long bytesPerToken(Weights weights) {
        return weights.head().data().byteSize()
                + weights.layers().stream()
                        .flatMap(layer -> layer.linear().values().stream())
                        .mapToLong(linear -> linear.weight().data().byteSize())
                        .sum();
    }

    /** Writes such a model as a base, with a vocabulary of bytes. */
    static void write(LlamaModel model, Path file) throws IOException {
        int vocabulary = model.transformer().config().vocabulary();
        byte[] tokenizer = tokenizer(vocabulary).getBytes(StandardCharsets.UTF_8);
        write(model, new TokenizerExport(tokenizer, vocabulary)::writeTo, file);
    }

    /** Writes it for other engines, which need no text to be measured and stumble over a vocabulary without merges. */
    static void writeWithoutVocabulary(LlamaModel model, Path file) throws IOException {
        write(model, writer -> writer.put("tokenizer.ggml.model", "no_vocab"), file);
    }

    private static void write(LlamaModel model, Consumer<GgufWriter> vocabulary, Path file) throws IOException {
        Weights weights = model.weights();
        ModelConfig config = model.transformer().config();
        GgufWriter writer = new GgufWriter();
        GgufMetadata.write(model.info().name(), config, writer);
        vocabulary.accept(writer);
        put(writer, "model.embed_tokens.weight", weights.embedding());
        for (int layer = 0; layer < weights.layers().size(); layer++) {
            Weights.Layer block = weights.layers().get(layer);
            String prefix = "model.layers." + layer;
            put(writer, prefix + ".input_layernorm.weight", block.attentionNorm());
            put(writer, prefix + ".post_attention_layernorm.weight", block.feedForwardNorm());
            for (Map.Entry<String, Weights.Linear> linear : block.linear().entrySet()) {
                put(
                        writer,
                        ModelConfig.moduleName(layer, linear.getKey()) + ".weight",
                        linear.getValue().weight());
            }
        }
        put(writer, "model.norm.weight", weights.finalNorm());
        if (!config.tiedHead()) {
            put(writer, "lm_head.weight", weights.head());
        }
        writer.write(file);
    }

    private static void put(GgufWriter writer, String name, Matrix matrix) {
        writer.tensor(
                GgufNames.fromHuggingFace(name),
                matrix.type(),
                List.of((long) matrix.rows(), (long) matrix.columns()),
                matrix::data);
    }

    private static void put(GgufWriter writer, String name, MemorySegment vector) {
        writer.tensor(GgufNames.fromHuggingFace(name), DataType.F32, List.of(vector.byteSize() / 4), () -> vector);
    }

    private static String configuration(Shape shape) {
        String sizes = switch (shape) {
            case LLAMA_8B -> """
                        "hidden_size": 4096, "num_hidden_layers": 32, "num_attention_heads": 32, "head_dim": 128,
                        "num_key_value_heads": 8, "intermediate_size": 14336, "vocab_size": 128256,
                        "tie_word_embeddings": false, "rope_theta": 500000
                        """;
            case LLAMA_1B -> """
                        "hidden_size": 2048, "num_hidden_layers": 16, "num_attention_heads": 32, "head_dim": 64,
                        "num_key_value_heads": 8, "intermediate_size": 8192, "vocab_size": 128256,
                        "tie_word_embeddings": true, "rope_theta": 500000
                        """;
            case EMBEDDED_16M -> """
                        "hidden_size": 384, "num_hidden_layers": 8, "num_attention_heads": 6, "head_dim": 64,
                        "num_key_value_heads": 2, "intermediate_size": 1024, "vocab_size": 8192,
                        "tie_word_embeddings": true, "rope_theta": 10000
                        """;
        };
        return "{\"architectures\": [\"LlamaForCausalLM\"], \"model_type\": \"llama\", \"hidden_act\": \"silu\","
                + " \"rms_norm_eps\": 1e-5, \"max_position_embeddings\": 2048, \"eos_token_id\": 0, " + sizes + "}";
    }

    /** The bytes, so that it reads any text, and as many made-up words as the vocabulary has room for. */
    private static String tokenizer(int vocabulary) {
        String bytes = TokenBytes.byteCharacters();
        ObjectNode tokenizer = Json.MAPPER.createObjectNode();
        tokenizer.put("version", "1.0");
        tokenizer.putArray("added_tokens");
        byteLevel(tokenizer.putObject("pre_tokenizer"));
        byteLevel(tokenizer.putObject("decoder"));
        ObjectNode model = tokenizer.putObject("model");
        model.put("type", "BPE");
        model.putArray("merges");
        ObjectNode words = model.putObject("vocab");
        for (int id = 0; id < vocabulary; id++) {
            boolean isByte = id > 0 && id <= bytes.length(); // 0 ends a text
            words.put(isByte ? bytes.substring(id - 1, id) : "t" + id, id);
        }
        return tokenizer.toString();
    }

    private static void byteLevel(ObjectNode step) {
        step.put("type", "ByteLevel");
        step.put("add_prefix_space", false);
        step.put("trim_offsets", true);
        step.put("use_regex", true);
    }

    private Weights weights() {
        Matrix embedding = matrix(config.vocabulary(), config.width());
        List<Weights.Layer> layers = new ArrayList<>();
        for (int layer = 0; layer < config.layers(); layer++) {
            Map<String, Weights.Linear> linear = new LinkedHashMap<>();
            for (String target : AdapterSpec.LINEAR_LAYERS) {
                int[] shape = config.linearShape(target);
                linear.put(target, new Weights.Linear(matrix(shape[0], shape[1]), null));
            }
            layers.add(new Weights.Layer(ones(), ones(), null, linear));
        }
        Matrix head = config.tiedHead() ? embedding : matrix(config.vocabulary(), config.width());
        return new Weights(embedding, List.copyOf(layers), ones(), head);
    }

    private MemorySegment ones() {
        MemorySegment vector = arena.allocate(4L * config.width(), 64);
        for (int i = 0; i < config.width(); i++) {
            vector.setAtIndex(ValueLayout.JAVA_FLOAT, i, 1);
        }
        return vector;
    }

    /** Evenly spread weights that keep the size of what they multiply. */
    private Matrix matrix(int rows, int columns) {
        long rowBytes = type.rowBytes(columns);
        MemorySegment data = arena.allocate(rows * rowBytes, 64);
        try (Arena temporary = Arena.ofShared()) {
            SplittableRandom random = new SplittableRandom(columns);
            float bound = (float) Math.sqrt(3.0 / columns);
            Tensor noise = Tensor.allocate(temporary, ROWS, columns);
            for (long i = 0; i < (long) ROWS * columns; i++) {
                noise.data().setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) random.nextDouble(-bound, bound));
            }
            MemorySegment pattern =
                    Quantizer.convert(temporary, noise.asMatrix(), type).data();
            for (long at = 0; at < data.byteSize(); at += pattern.byteSize()) {
                long bytes = Math.min(pattern.byteSize(), data.byteSize() - at);
                MemorySegment.copy(pattern, 0, data, at, bytes);
            }
        }
        return new Matrix(type, rows, columns, data);
    }
}
