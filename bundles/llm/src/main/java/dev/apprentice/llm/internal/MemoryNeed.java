package dev.apprentice.llm.internal;

import dev.apprentice.compute.DataType;
import dev.apprentice.model.ModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/** Whether what is about to begin fits into the memory that is free, asked before any of it is taken. */
final class MemoryNeed {
    private static final Path MEMORY = Path.of("/proc/meminfo");

    private MemoryNeed() {}

    /** Refuses a model whose weights do not fit; mapped files must fit as well, or each token would read them from the disk. */
    static void require(TensorSource source, Optional<DataType> held) {
        require(source, held, available());
    }

    static void require(TensorSource source, Optional<DataType> held, OptionalLong available) {
        long need = source.tensors().values().stream()
                .mapToLong(info -> info.bytes(held.orElse(info.type())))
                .sum();
        missing(need, available).ifPresent(missing -> {
            throw ModelBytes.fault("The model needs " + mebibytes(need) + " MiB of memory for its weights, but only "
                    + missing + ": close other programs, or take a smaller model or one of fewer bits");
        });
    }

    /** Refuses to train all weights of a model where they and all that goes with them do not fit. */
    static void requireForTraining(long need) {
        requireForTraining(need, available());
    }

    static void requireForTraining(long need, OptionalLong available) {
        missing(need, available).ifPresent(missing -> {
            throw new ModelException(
                    ModelException.Code.BAD_REQUEST,
                    "Training takes " + mebibytes(need)
                            + " MiB of memory for weights, gradient, optimiser and activations, but only " + missing
                            + ": close other programs, take a smaller model, or give a pass less memory");
        });
    }

    private static Optional<String> missing(long need, OptionalLong available) {
        if (available.isEmpty() || need <= available.getAsLong()) {
            return Optional.empty();
        }
        return Optional.of(mebibytes(available.getAsLong()) + " MiB are available, "
                + mebibytes(need - available.getAsLong()) + " MiB too few");
    }

    /** What Linux reckons can be had without swapping; unknown elsewhere. */
    private static OptionalLong available() {
        if (!Files.isReadable(MEMORY)) {
            return OptionalLong.empty();
        }
        try {
            return Files.readAllLines(MEMORY).stream()
                    .filter(line -> line.matches("MemAvailable:\\s+\\d{1,15} kB"))
                    .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst();
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }

    private static long mebibytes(long bytes) {
        return Math.ceilDiv(bytes, 1L << 20);
    }
}
