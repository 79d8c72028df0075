package dev.apprentice.model;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Trains all parameters of a small model on a folder of text. */
public interface Pretraining {
    /**
     * Trains, and leaves a model in Hugging Face layout in the target. Where the target holds a run already, goes on from its last checkpoint:
     * a run cut in two gives the weights of the run in one, bit for bit, on the same machine.
     *
     * @throws ModelException if the model, the corpus or the memory does not do, or the target holds a run of other settings
     */
    Report run(Request request, Listener listener);

    /** What the run begins with. */
    sealed interface Start {
        /** The embedded model. */
        record Embedded() implements Start {}

        /** The model in a folder or GGUF file, whose architecture and tokenizer it keeps. */
        record Model(Path path) implements Start {}

        /**
         * Fresh weights of a Llama with the embedded model's tokenizer: heads of 64, a third as many key/value heads where that divides
         * them, a feed-forward of 8/3 of the width, tied head.
         */
        record Fresh(int width, int layers) implements Start {
            private static final int HEAD = 64;

            public Fresh {
                require(
                        width >= HEAD && width <= 8192 && width % HEAD == 0 && layers >= 1 && layers <= 256,
                        "A shape of " + width + "x" + layers + " is none: give it a width that is a multiple of " + HEAD
                                + " up to 8192, and 1 to 256 layers, such as 384x8");
            }

            /** Reads {@code WIDTHxLAYERS}. */
            public static Fresh parse(String shape) {
                require(
                        shape.matches("\\d{1,5}x\\d{1,4}"),
                        "There is no shape '" + shape + "': say WIDTHxLAYERS, such as 384x8");
                int x = shape.indexOf('x');
                return new Fresh(Integer.parseInt(shape.substring(0, x)), Integer.parseInt(shape.substring(x + 1)));
            }
        }
    }

    /** What turns gradients into steps. */
    enum Optimiser {
        /** Muon for the matrices of the blocks, AdamW for embedding, head and norms. */
        MUON(0.02),
        /** AdamW for everything (arXiv 1711.05101). */
        ADAMW(0.002);

        private final double learningRate;

        Optimiser(double learningRate) {
            this.learningRate = learningRate;
        }

        /** A peak learning rate that suits models of some ten million parameters. */
        public double learningRate() {
            return learningRate;
        }

        /** The optimiser of a name; any other is refused. */
        public static Optimiser parse(String label) {
            return named("optimiser", label, values());
        }
    }

    /** How the learning rate falls after its warm-up. */
    enum Schedule {
        LINEAR,
        COSINE;

        /** The schedule of a name; any other is refused. */
        public static Schedule parse(String label) {
            return named("schedule", label, values());
        }
    }

    /**
     * What is read.
     *
     * @param corpus folder whose text files, at any depth, are read; hidden ones are not
     * @param heldOut share of the files, chosen by their paths, that is measured on and never trained on
     * @param fillInTheMiddle share of the pieces that are rearranged so that their middle comes last (arXiv 2207.14255)
     */
    record Text(Path corpus, double heldOut, double fillInTheMiddle) {
        public Text {
            require(
                    heldOut > 0 && heldOut <= 0.5,
                    "A share of " + heldOut + " cannot be held out: give more than 0 and at most 0.5");
            require(
                    fillInTheMiddle >= 0 && fillInTheMiddle <= 1,
                    "A share of " + fillInTheMiddle + " cannot be filled in: give 0 to 1");
        }
    }

    /**
     * How long it goes.
     *
     * @param steps of the whole run, after which the learning rate is zero
     * @param batch pieces a step
     * @param length tokens a piece
     * @param seed of fresh weights, and of the order of the pieces
     */
    record Course(int steps, int batch, int length, long seed) {
        public Course {
            require(steps >= 1, steps + " steps are none: give at least 1");
            require(batch >= 1 && batch <= 4096, "A batch of " + batch + " pieces is none: give 1 to 4096");
            require(length >= 8, "Pieces of " + length + " tokens teach nothing: give at least 8");
        }
    }

    /**
     * How steps are made.
     *
     * @param learningRate at its peak; of the blocks' matrices
     * @param decay of matrices, for a learning rate of 1
     * @param warmUp steps to the peak
     */
    record Recipe(Optimiser optimiser, double learningRate, double decay, int warmUp, Schedule schedule) {
        public Recipe {
            require(
                    learningRate > 0 && learningRate <= 1,
                    "A learning rate of " + learningRate + " is none: give more than 0 and at most 1");
            require(
                    decay >= 0 && decay * learningRate < 1,
                    "A weight decay of " + decay + " leaves no weights: give 0 or a little more, such as 0.1");
            require(warmUp >= 0, "A warm-up of " + warmUp + " steps is none: give 0 or more");
        }
    }

    /**
     * What may differ from one part of a run to the next.
     *
     * @param memory bytes that a pass may take beside weights, gradient and optimiser
     * @param saveEvery steps from one checkpoint to the next
     * @param measureEvery steps from one measurement on the held-out text to the next
     */
    record Upkeep(long memory, int saveEvery, int measureEvery) {
        public Upkeep {
            require(
                    saveEvery >= 1 && measureEvery >= 1,
                    "Every " + Math.min(saveEvery, measureEvery) + " steps is never: give at least 1");
        }
    }

    /** @param target folder, which may hold an earlier part of the same run */
    record Request(Start start, Text text, Course course, Recipe recipe, Upkeep upkeep, Path target) {
        public Request {
            require(
                    recipe.warmUp() <= course.steps(),
                    "A warm-up of " + recipe.warmUp() + " steps does not fit into " + course.steps()
                            + ": shorten it, or train longer");
        }
    }

    /**
     * What the held-out text says after some steps.
     *
     * @param heldOut mean nats a token
     * @param top1 share of the tokens that were foretold rightly
     * @param loss mean of the training loss since the measurement before; empty before the first step of this part
     * @param tokensPerSecond since the start of this part, measurements not counted; 0 before its first step
     */
    record Measurement(int step, double heldOut, double top1, OptionalDouble loss, double tokensPerSecond) {}

    /**
     * What came of it.
     *
     * @param from steps that were taken before this part of the run
     * @param trainingTokens number of tokens of the corpus that are trained on
     * @param heldOutTokens number of tokens that are held out, of which up to 32,768 are measured on
     * @param plan how passes keep to their memory
     * @param measurements of this part
     */
    record Report(
            String target,
            long parameters,
            int from,
            int steps,
            long trainingTokens,
            long heldOutTokens,
            double tokensPerSecond,
            String plan,
            List<Measurement> measurements) {
        public Report {
            measurements = List.copyOf(measurements);
        }
    }

    /** Hears how far it is. */
    interface Listener {
        /** So many of a stage's parts are done. */
        void update(String stage, long done, long total);

        /** A step is done. */
        void trained(Step step);

        /** The held-out text was measured. */
        void measured(Measurement measurement);
    }

    /**
     * A step just taken.
     *
     * @param done number of steps, this one included
     * @param secondsLeft until the last, at the speed so far
     */
    record Step(int done, int steps, double loss, double tokensPerSecond, double secondsLeft) {}

    private static <E extends Enum<E>> E named(String what, String label, E[] values) {
        Function<E, String> name = value -> value.name().toLowerCase(Locale.ROOT);
        return Arrays.stream(values)
                .filter(value -> name.apply(value).equals(label))
                .findFirst()
                .orElseThrow(() -> new ModelException(
                        ModelException.Code.BAD_REQUEST,
                        "There is no " + what + " '" + label + "': say "
                                + Arrays.stream(values).map(name).collect(Collectors.joining(" or "))));
    }

    private static void require(boolean met, String message) {
        if (!met) {
            throw new ModelException(ModelException.Code.BAD_REQUEST, message);
        }
    }
}
