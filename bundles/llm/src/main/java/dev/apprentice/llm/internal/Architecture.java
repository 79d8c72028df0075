package dev.apprentice.llm.internal;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The members of the Llama family: the same blocks (arXiv 2302.13971), and what each of them adds. */
enum Architecture {
    /** arXiv 2302.13971, 2407.21783. */
    LLAMA("LlamaForCausalLM", Biases.AS_CONFIGURED, HeadNorm.NONE, Window.NONE),
    /** arXiv 2310.06825: attention within a sliding window. */
    MISTRAL("MistralForCausalLM", Biases.NONE, HeadNorm.NONE, Window.ALWAYS),
    /** arXiv 2407.10671: queries, keys and values have biases. */
    QWEN2("Qwen2ForCausalLM", Biases.QUERY_KEY_VALUE, HeadNorm.NONE, Window.IF_USED),
    /** arXiv 2505.09388: each head of queries and keys is normalised. */
    QWEN3("Qwen3ForCausalLM", Biases.AS_CONFIGURED, HeadNorm.RMS, Window.IF_USED);

    private final String name;
    private final Biases biases;
    private final HeadNorm headNorm;
    private final Window window;

    /** Which linear layers add a bias. */
    enum Biases {
        NONE,
        QUERY_KEY_VALUE,
        /** Attention as {@code attention_bias} says, feed-forward as {@code mlp_bias}. */
        AS_CONFIGURED
    }

    /** What happens to a head of queries or keys before it is turned to its position. */
    enum HeadNorm {
        NONE,
        RMS
    }

    /** Whether {@code sliding_window} limits how far attention looks back. */
    enum Window {
        NONE,
        ALWAYS,
        /** Only where {@code use_sliding_window} is set. */
        IF_USED
    }

    Architecture(String name, Biases biases, HeadNorm headNorm, Window window) {
        this.name = name;
        this.biases = biases;
        this.headNorm = headNorm;
        this.window = window;
    }

    /** The architecture of a name in {@code config.json}. */
    static Optional<Architecture> named(String name) {
        return Arrays.stream(values())
                .filter(architecture -> architecture.name.equals(name))
                .findFirst();
    }

    /** All names, for messages. */
    static String names() {
        return Arrays.stream(values()).map(Architecture::className).collect(Collectors.joining(", "));
    }

    /** Its name in {@code config.json}. */
    String className() {
        return name;
    }

    Biases biases() {
        return biases;
    }

    HeadNorm headNorm() {
        return headNorm;
    }

    Window window() {
        return window;
    }

    /** The linear layers that PEFT adapts by IA3 unless told otherwise: outputs scaled, and inputs scaled. */
    List<Set<String>> ia3Defaults() {
        return switch (this) {
            case LLAMA, MISTRAL -> List.of(Set.of("k_proj", "v_proj"), Set.of("down_proj"));
            case QWEN2, QWEN3 -> List.of(Set.of("q_proj", "v_proj"), Set.of("down_proj"));
        };
    }
}
