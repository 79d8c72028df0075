package dev.apprentice.model;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Consumer;

/** Measures the engine on models of real shapes with random weights, and the machine it runs on beside it. */
public interface Benchmark {
    /**
     * Runs what is asked for, one after the other, each model in memory only while it is measured.
     *
     * @param progress told in a line what runs
     * @throws ModelException if there is not enough memory for a model
     */
    Report run(Request request, Consumer<String> progress);

    /**
     * Writes such a model as a GGUF file, with a vocabulary of bytes: a base to try the platform with at a size of which no model is at
     * hand.
     *
     * @throws ModelException if the file cannot be written
     */
    void write(Shape shape, String weightType, Path file);

    /** What is measured. */
    enum Kind {
        /** Tokens generated one by one, greedily, after an empty context. */
        DECODE,
        /** A prompt of 128 and one of 512 tokens. */
        PREFILL,
        /** Forward and backward over 512 tokens to a LoRA adapter of rank 16 on all linear layers. */
        TRAIN,
        /** Whole steps of training all weights of the shape in BF16 by AdamW, eight pieces of 512 tokens each. */
        PRETRAIN,
        /** How much of its speed decoding and prefill keep with such an adapter, turn about with the base. */
        LORA,
        /**
         * Decoding that leaves out a part of the feed-forward layers' neurons, turn about with one that leaves out none; of the embedded
         * model, whose weights are not noise, also the perplexity on the core set.
         */
        SPARSE;

        /** What people call it. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** The kind of a name; any other is refused. */
        public static Kind parse(String label) {
            return Arrays.stream(values())
                    .filter(kind -> kind.label().equals(label))
                    .findFirst()
                    .orElseThrow(() -> new ModelException(
                            ModelException.Code.BAD_REQUEST,
                            "There is no benchmark '" + label
                                    + "': say decode, prefill, train, pretrain, lora or sparse"));
        }
    }

    /** A model's shape. */
    enum Shape {
        /** Llama 3.1 8B. */
        LLAMA_8B("8b"),
        /** Llama 3.2 1B. */
        LLAMA_1B("1b"),
        /** The embedded model. */
        EMBEDDED_16M("16m");

        private final String label;

        Shape(String label) {
            this.label = label;
        }

        /** What people call it. */
        public String label() {
            return label;
        }

        /** The shape of a name; any other is refused. */
        public static Shape parse(String label) {
            return Arrays.stream(values())
                    .filter(shape -> shape.label.equals(label))
                    .findFirst()
                    .orElseThrow(() -> new ModelException(
                            ModelException.Code.BAD_REQUEST, "There is no shape '" + label + "': say 8b, 1b or 16m"));
        }
    }

    /** @param weightType how all matrices are held, such as {@code Q4_0} */
    record Request(List<Kind> kinds, List<Shape> shapes, String weightType) {
        public Request {
            kinds = List.copyOf(kinds);
            shapes = List.copyOf(shapes);
        }
    }

    /**
     * The machine as it is in this run, which foreign load and neighbours change.
     *
     * @param readBandwidth of memory in GB/s, all threads together
     * @param matrixPeak of BF16 products out of the caches in GFLOP/s, all threads together
     */
    record Machine(String kernels, int threads, double readBandwidth, double matrixPeak) {}

    /** Another engine's speed with a model of the same shape and type. */
    record Peer(String name, double tokensPerSecond) {}

    /**
     * One measurement.
     *
     * @param bench {@code decode}, {@code prefill 128}, {@code train 512}, {@code lora decode} and so on
     * @param bandwidthFraction of the machine's read bandwidth that decoding uses for weights
     * @param residentMiB memory of the whole process just after
     * @param peer the other engine, where one has taken turns with this one
     * @param ratio of the speed to the peer's; of that with an adapter to that without one; of sparse decoding to dense
     * @param sparsity the part of the feed-forward layers' neurons that was left out, measured on another text than the one that the
     *     thresholds come from
     * @param perplexity on the core set
     */
    record Result(
            String bench,
            Shape shape,
            String weightType,
            int threads,
            double tokensPerSecond,
            OptionalDouble bandwidthFraction,
            long residentMiB,
            Optional<Peer> peer,
            OptionalDouble ratio,
            OptionalDouble sparsity,
            OptionalDouble perplexity) {}

    /** All of a run. */
    record Report(Machine machine, List<Result> results) {
        public Report {
            results = List.copyOf(results);
        }
    }
}
