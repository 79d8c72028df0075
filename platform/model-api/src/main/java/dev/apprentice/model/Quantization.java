package dev.apprentice.model;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** Makes a four-bit model of a larger one, and says what that costs. */
public interface Quantization {
    /**
     * Quantises every linear layer, writes the result as a GGUF file, and measures it as it was written.
     *
     * @throws ModelException if the model, a text or the type does not do; nothing is written then
     */
    Report run(Request request, Progress progress);

    /** How the four bits of a weight are chosen. */
    enum Method {
        /** The nearest value that the type can hold. */
        ROUND,
        /** Inputs that carry much are given finer steps, by scales that the layer before takes back (arXiv 2306.00978). */
        AWQ,
        /** Each input's rounding error is made up for by the inputs after it (arXiv 2210.17323). */
        GPTQ;

        /** What people call it. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** The method of a name; any other is refused. */
        public static Method parse(String label) {
            return Arrays.stream(values())
                    .filter(method -> method.label().equals(label))
                    .findFirst()
                    .orElseThrow(() -> new ModelException(
                            ModelException.Code.BAD_REQUEST,
                            "There is no method '" + label + "' to quantise by: say "
                                    + Arrays.stream(values()).map(Method::label).collect(Collectors.joining(", "))));
        }
    }

    /**
     * What to make of what.
     *
     * @param model a GGUF file, or a folder in Hugging Face layout, with weights of 8 bits or more
     * @param weightType {@code Q4_0} or {@code Q4_G128}
     * @param calibration text like that which the model will see; if not given, the rehearsal texts of the embedded model. {@link
     *     Method#ROUND} reads none.
     * @param heldOut text to measure on, of which nothing is in the calibration text; if not given, the core set of the embedded model
     * @param target file to write, not there yet
     */
    record Request(
            Path model,
            Method method,
            String weightType,
            Optional<Path> calibration,
            Optional<Path> heldOut,
            Path target) {}

    /**
     * What came of it. Perplexity is exp of the mean nats a token over pieces of at most 512 tokens, the first of each not counted.
     *
     * @param perplexityBefore of the model as it was
     * @param perplexityAfter of the file that was written
     * @param divergence mean KL(before ‖ after) of what follows each held-out token, in nats: unlike perplexity, it cannot fall by luck
     * @param calibrationTokens number of tokens that the method has seen; 0 for {@link Method#ROUND}
     * @param heldOutTokens number of tokens foretold for a perplexity
     * @param bytesBefore of all tensors as they were
     * @param bytesAfter of the file that was written
     */
    record Report(
            Method method,
            String weightType,
            double perplexityBefore,
            double perplexityAfter,
            double divergence,
            long calibrationTokens,
            long heldOutTokens,
            long bytesBefore,
            long bytesAfter) {}

    /** Told how far it is. */
    @FunctionalInterface
    interface Progress {
        /** So many of a stage's parts are done. */
        void update(String stage, long done, long total);
    }
}
