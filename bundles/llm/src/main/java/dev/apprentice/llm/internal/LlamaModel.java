package dev.apprentice.llm.internal;

import dev.apprentice.compute.DataType;
import dev.apprentice.compute.Kernels;
import dev.apprentice.compute.Tensor;
import dev.apprentice.model.Adapter;
import dev.apprentice.model.AdapterFiles;
import dev.apprentice.model.AdapterSpec;
import dev.apprentice.model.ChatMessage;
import dev.apprentice.model.GenerationEvent;
import dev.apprentice.model.GenerationRequest;
import dev.apprentice.model.GenerationSink;
import dev.apprentice.model.LanguageModel;
import dev.apprentice.model.ModelException;
import dev.apprentice.model.ModelInfo;
import dev.apprentice.model.Recall;
import dev.apprentice.model.Scores;
import dev.apprentice.model.Trainer;
import dev.apprentice.model.TrainingBudget;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A loaded Llama-family model. Its memory is freed when it is no longer reachable. */
public final class LlamaModel implements LanguageModel {
    /** Rows whose logits are held at once while scoring. */
    private static final int HEAD_ROWS = 256;

    /**
     * What ends an answer beside the ends that the configuration names: of a conversation, of a text, and of a gap that was filled, after
     * which some models begin another.
     */
    private static final List<String> END_MARKERS =
            List.of("<|im_end|>", "<|endoftext|>", "<|fim_pad|>", "<|file_sep|>", "<|repo_name|>");

    private final ModelInfo info;
    private final Transformer transformer;
    private final Weights weights;
    private final Network base;
    private final ByteLevelTokenizer tokenizer;
    private final Adapters adapters;
    private final RowScales rowScales;
    private final Set<Integer> ends;
    private final GenerationSettings settings;
    private final TrainingBudget training;
    private final Optional<ChatTemplate> chat;
    private final PrefixCache prefixes;
    private final Batcher batcher;
    private @Nullable TokenTrie tokenTrie; // guarded by this

    /** Null where steps are as dense as prompts. */
    private final @Nullable Sparsity sparsity;

    private final Answering plain;

    /** Of the adapters that somebody still holds: what has to be computed of an adapter is computed once. */
    private final Map<Adapter, Answering> networks = new WeakHashMap<>();

    /**
     * The networks that answer.
     *
     * @param prompts reads prompts, scores and embeds
     * @param steps reads what is generated; the same where nothing is left out
     */
    private record Answering(Network prompts, Network steps) {
        static Answering of(Network dense, @Nullable Sparsity sparsity) {
            return new Answering(dense, sparsity == null ? dense : sparsity.of(dense));
        }
    }

    private LlamaModel(
            ModelInfo info,
            Transformer transformer,
            Weights weights,
            ByteLevelTokenizer tokenizer,
            Optional<ChatTemplate> chat,
            GenerationSettings settings,
            TrainingBudget training,
            @Nullable Sparsity sparsity) {
        settings.require(transformer.config());
        this.settings = settings;
        this.training = training;
        this.chat = chat;
        this.prefixes = new PrefixCache(
                settings.prefixCacheBytes(),
                KeyValueCache.tokenBytes(transformer.config(), settings.keyValues()),
                transformer.config().width());
        this.batcher = new Batcher(transformer);
        this.info = info;
        this.transformer = transformer;
        this.weights = weights;
        this.base = Network.plain(weights);
        this.sparsity = sparsity;
        this.plain = Answering.of(base, sparsity);
        this.tokenizer = tokenizer;
        this.rowScales = new RowScales(transformer.kernels());
        this.adapters = new Adapters(transformer.config(), info.digest(), weights, rowScales);
        Set<Integer> endings = new HashSet<>(transformer.config().endOfText());
        for (String marker : END_MARKERS) {
            tokenizer.special(marker).ifPresent(endings::add);
        }
        chat.ifPresent(template -> tokenizer.special(template.end()).ifPresent(endings::add));
        this.ends = Set.copyOf(endings);
    }

    /** Loads a model, unpacking the tokenizer's native library into the temporary folder. */
    public static LlamaModel load(ModelFiles files, DataType type, Kernels kernels) {
        return load(HuggingFaceSource.open(files), Optional.of(type), kernels);
    }

    /** Loads a model, unpacking the tokenizer's native library into the temporary folder. */
    public static LlamaModel load(ModelSource source, Optional<DataType> type, Kernels kernels) {
        Path temporary = Path.of(System.getProperty("java.io.tmpdir"), "apprentice-native");
        return load(
                "apprentice-base",
                source,
                type,
                kernels,
                temporary,
                Optional.empty(),
                GenerationSettings.DEFAULT,
                TrainingBudget.DEFAULT,
                LoadProgress.NONE);
    }

    /**
     * Loads a model.
     *
     * @param type how linear weights are held; empty leaves each as the file has it, in the file's own memory
     * @param nativeCache folder into which the tokenizer's native library is unpacked
     * @param digests small file that keeps the digests of base models
     * @throws ModelException if a file is missing, malformed or disagrees with another, or the memory is too small
     */
    static LlamaModel load(
            String name,
            ModelSource source,
            Optional<DataType> type,
            Kernels kernels,
            Path nativeCache,
            Optional<Path> digests,
            GenerationSettings settings,
            TrainingBudget training,
            LoadProgress progress) {
        ModelConfig config = ModelConfig.parse(source.config());
        MemoryNeed.require(source.tensors(), type);
        // before anything is as large as the configuration claims, the file must be
        source.tensors().require("model.embed_tokens.weight", config.vocabulary(), config.width());
        byte[] tokenizerJson = source.tokenizer();
        ByteLevelTokenizer tokenizer = ByteLevelTokenizer.parse(tokenizerJson, config, nativeCache);
        BaseIdentity identity = BaseIdentity.of(source.files(), digests, progress);
        Arena memory = Arena.ofAuto();
        WeightLoader.Trust trust = identity.known() ? WeightLoader.Trust.CHECKED_BEFORE : WeightLoader.Trust.NEW;
        WeightLoader loader = new WeightLoader(config, source.tensors(), type, trust, memory);
        Weights weights = loader.load();
        weights.hold(kernels);
        identity.keep();
        ModelInfo info = new ModelInfo(
                name,
                identity.digest(),
                Digests.of(tokenizerJson),
                config.architecture().className(),
                loader.linearTypes(),
                config.layers(),
                config.width(),
                config.vocabulary(),
                config.context(),
                loader.parameters());
        return new LlamaModel(
                info,
                new Transformer(config, kernels, new RotaryTables(config)),
                weights,
                tokenizer,
                source.chat(),
                settings,
                training,
                null);
    }

    /** The same model, whose generations leave out what the gates make negligible, once the prompt is read. */
    LlamaModel with(Sparsity wanted) {
        return new LlamaModel(info, transformer, weights, tokenizer, chat, settings, training, wanted);
    }

    /** A model of weights that are in memory already. */
    static LlamaModel of(
            String name,
            String digest,
            ModelConfig config,
            Weights weights,
            ByteLevelTokenizer tokenizer,
            Kernels kernels,
            GenerationSettings settings) {
        ModelInfo info = new ModelInfo(
                name,
                digest,
                digest,
                config.architecture().className(),
                weights.head().type().name(),
                config.layers(),
                config.width(),
                config.vocabulary(),
                config.context(),
                0);
        return new LlamaModel(
                info,
                new Transformer(config, kernels, new RotaryTables(config)),
                weights,
                tokenizer,
                Optional.empty(),
                settings,
                TrainingBudget.DEFAULT,
                null);
    }

    @Override
    public ModelInfo info() {
        return info;
    }

    @Override
    public ByteLevelTokenizer tokenizer() {
        return tokenizer;
    }

    Transformer transformer() {
        return transformer;
    }

    Weights weights() {
        return weights;
    }

    RowScales rowScales() {
        return rowScales;
    }

    /** Built when it is first needed. */
    synchronized TokenTrie tokenTrie() {
        TokenTrie known = tokenTrie;
        if (known == null) {
            known = new TokenTrie(IntStream.range(0, info.vocabulary())
                    .mapToObj(tokenizer::bytes)
                    .toArray(byte[][]::new));
            tokenTrie = known;
        }
        return known;
    }

    PrefixCache prefixes() {
        return prefixes;
    }

    Network baseNetwork() {
        return base;
    }

    /** The network through which generated tokens go. */
    Network steps(@Nullable Adapter adapter) {
        return answering(adapter).steps();
    }

    @Override
    public GenerationEvent.Finished generate(
            GenerationRequest request, @Nullable Adapter adapter, Recall recall, GenerationSink sink) {
        int[] prompt = request.prompt();
        requireTokens(prompt);
        requireTokens(request.sampling().logitBias().keySet().stream()
                .mapToInt(Integer::intValue)
                .toArray());
        if (prompt.length >= info.contextLength()) {
            throw new ModelException(
                    ModelException.Code.BAD_REQUEST,
                    "The prompt has " + prompt.length + " tokens and leaves no room for an answer in a context of "
                            + info.contextLength() + ": shorten it");
        }
        int most = Math.min(request.maxTokens(), info.contextLength() - prompt.length + 1);
        Constraint constraint = JsonConstraint.of(request.form(), this, ends, most);
        int step = Math.min(prompt.length, PrefixCache.BLOCK);
        Answering answering = answering(adapter);
        try (Session session =
                        new Session(transformer, answering.prompts(), answering.steps(), settings.keyValues(), step);
                Batcher.Seat seat = batcher.join()) {
            Generation.Reader reader = new SessionReader(transformer, session, name(adapter), prefixes, seat);
            return new Generation(this, reader, recall, constraint, ends, request, sink)
                    .run(new GenerationEvent.Provenance(
                            info.digest(),
                            adapter == null ? "" : adapter.digest(),
                            request.sampling().seed()));
        }
    }

    @Override
    public Optional<int[]> fillInTheMiddle(String prefix, String suffix) {
        OptionalInt before = tokenizer.special("<|fim_prefix|>");
        OptionalInt after = tokenizer.special("<|fim_suffix|>");
        OptionalInt middle = tokenizer.special("<|fim_middle|>");
        if (before.isEmpty() || after.isEmpty() || middle.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(Stream.of(
                        new int[] {before.getAsInt()},
                        tokenizer.encode(prefix),
                        new int[] {after.getAsInt()},
                        tokenizer.encode(suffix),
                        new int[] {middle.getAsInt()})
                .flatMapToInt(IntStream::of)
                .toArray());
    }

    @Override
    public Optional<int[]> conversation(List<ChatMessage> messages) {
        return chat.map(template -> tokenizer.encodeWithMarkers(template.render(messages.stream()
                .map(message -> new ChatMessage(message.role(), tokenizer.withoutMarkers(message.content())))
                .toList())));
    }

    @Override
    public Scores score(int[] tokens, int from, @Nullable Adapter adapter, Recall recall) {
        return scoreBy(network(adapter), recall, tokens, from);
    }

    /** Scores by a network over these weights. */
    Scores scoreBy(Network network, Recall recall, int[] tokens, int from) {
        requireTokens(tokens);
        requirePredecessor(tokens, from);
        int count = tokens.length - from;
        float[] nats = new float[count];
        int[] best = new int[count];
        boolean[] hits = new boolean[count];
        if (count == 0) {
            return new Scores(nats, best, hits);
        }
        int[] read = Arrays.copyOf(tokens, tokens.length - 1);
        RecallMixer mixer = new RecallMixer(recall, transformer.kernels());
        mixer.read(Arrays.copyOf(tokens, from - 1));
        try (Session session = new Session(transformer, network, read.length);
                Arena arena = Arena.ofShared()) {
            Tensor hidden = session.read(read);
            mixer.seen(tokens, 0, hidden.rows(0, from - 1));
            Tensor logits = Tensor.allocate(arena, Math.min(count, HEAD_ROWS), info.vocabulary());
            for (int start = 0; start < count; start += HEAD_ROWS) {
                int rows = Math.min(HEAD_ROWS, count - start);
                Tensor part = logits.rows(0, rows);
                transformer.head(weights, hidden.rows(from - 1 + start, rows), part);
                int first = from - 1 + start;
                mixer.mix(Arrays.copyOfRange(tokens, first, first + rows), hidden.rows(first, rows), part);
                float[] partNats = new float[rows];
                int[] partBest = new int[rows];
                transformer
                        .kernels()
                        .score(part, Arrays.copyOfRange(tokens, from + start, from + start + rows), partNats, partBest);
                System.arraycopy(partNats, 0, nats, start, rows);
                System.arraycopy(partBest, 0, best, start, rows);
            }
        }
        for (int i = 0; i < count; i++) {
            hits[i] = best[i] == tokens[from + i];
        }
        return new Scores(nats, best, hits);
    }

    private static void requirePredecessor(int[] tokens, int from) {
        if (from < 1 || from > tokens.length) {
            throw new ModelException(
                    ModelException.Code.BAD_REQUEST,
                    "Cannot foretell " + tokens.length + " tokens from token " + from
                            + " on: the first has nothing before it");
        }
    }

    @Override
    public float[] embed(int[] tokens, @Nullable Adapter adapter) {
        requireTokens(tokens);
        if (tokens.length == 0) {
            throw new ModelException(
                    ModelException.Code.BAD_REQUEST, "A text without tokens has no meaning: send at least one token");
        }
        try (Session session = new Session(transformer, network(adapter), tokens.length)) {
            return Embedding.of(session.read(tokens));
        }
    }

    @Override
    public float[] states(int[] tokens, int from) {
        requireTokens(tokens);
        requirePredecessor(tokens, from);
        int count = tokens.length - from;
        if (count == 0) {
            return new float[0];
        }
        try (Session session = new Session(transformer, base, tokens.length - 1)) {
            Tensor hidden = session.read(Arrays.copyOf(tokens, tokens.length - 1));
            return hidden.rows(from - 1, count).data().toArray(ValueLayout.JAVA_FLOAT);
        }
    }

    @Override
    public Adapter freshAdapter(AdapterSpec spec, long seed) {
        return adapters.fresh(spec, seed);
    }

    @Override
    public Adapter adapterOf(AdapterSpec spec, MemorySegment values) {
        return adapters.of(spec, values);
    }

    @Override
    public Adapter readAdapter(AdapterFiles files) {
        return new PeftReader(adapters).read(files);
    }

    @Override
    public AdapterFiles writeAdapter(Adapter adapter) {
        return PeftWriter.write(adapter, layout(adapter));
    }

    @Override
    public void writeGgufAdapter(Adapter adapter, Path file) {
        new GgufAdapterWriter(transformer.config(), adapter).write(layout(adapter), file);
    }

    @Override
    public TrainingBudget trainingBudget() {
        return training;
    }

    @Override
    public Trainer trainer(Adapter start, TrainingBudget budget) {
        return new AdapterTrainer(this, start, budget);
    }

    /** The layout of an adapter that must be for this base. */
    AdapterLayout layout(Adapter adapter) {
        AdapterLayout layout = adapters.layout(adapter.spec());
        if (!adapter.baseDigest().equals(info.digest()) || adapter.values().byteSize() != layout.bytes()) {
            throw Adapters.fault(adapter.digest() + " is for the base model " + adapter.baseDigest()
                    + ", but this base is " + info.digest() + ": use an adapter of this base");
        }
        return layout;
    }

    /** The network that reads prompts with an adapter. */
    Network network(@Nullable Adapter adapter) {
        return answering(adapter).prompts();
    }

    /** The same networks for the same adapter, by which steps of several sessions find together. */
    private Answering answering(@Nullable Adapter adapter) {
        if (adapter == null) {
            return plain;
        }
        AdapterLayout layout = layout(adapter);
        synchronized (networks) {
            return networks.computeIfAbsent(adapter, wanted -> {
                Network network = Network.adapted(weights, layout, wanted.values());
                rowScales.compute(network);
                return Answering.of(ServingNetwork.of(network), sparsity);
            });
        }
    }

    /** All that keys and values depend on but the tokens. */
    private String name(@Nullable Adapter adapter) {
        String beside = adapter == null ? "" : adapter.digest();
        return String.join(
                "\n",
                info.digest(),
                info.weightType(),
                beside,
                settings.keyValues().name(),
                "");
    }

    /** Refuses tokens that are not in the vocabulary, and more of them than the context holds. */
    void requireTokens(int[] tokens) {
        if (tokens.length > info.contextLength()) {
            throw new ModelException(
                    ModelException.Code.BAD_REQUEST,
                    tokens.length + " tokens do not fit a context of " + info.contextLength() + ": shorten them");
        }
        for (int token : tokens) {
            if (token < 0 || token >= info.vocabulary()) {
                throw new ModelException(
                        ModelException.Code.BAD_REQUEST,
                        "The token " + token + " is not among the " + info.vocabulary()
                                + " of this model: encode the text with its tokenizer");
            }
        }
    }
}
