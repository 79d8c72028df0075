package dev.apprentice.llm.internal;

import dev.apprentice.compute.DataType;
import dev.apprentice.model.ModelException;
import org.jspecify.annotations.Nullable;

/**
 * How answers are generated.
 *
 * @param keyValues how keys and values of the tokens read are held: F32, F16 or Q8_0
 * @param prefixCacheBytes memory for the keys and values of prompts that were read before; 0 keeps none
 */
record GenerationSettings(DataType keyValues, long prefixCacheBytes) {
    /** As exact as the kernels. */
    static final GenerationSettings DEFAULT = new GenerationSettings(DataType.F32, 256L << 20);

    private static final int MOST_MEBIBYTES = 1 << 20;

    GenerationSettings {
        if (keyValues != DataType.F32 && keyValues != DataType.F16 && keyValues != DataType.Q8_0) {
            throw fault("apprentice.kv is " + keyValues + ", but must be F32, F16 or Q8_0");
        }
        if (prefixCacheBytes < 0) {
            throw fault("The prefix cache cannot have " + prefixCacheBytes + " bytes: use 0 or more");
        }
    }

    /** The settings in words; what is null has the default of a running platform. */
    static GenerationSettings of(@Nullable String keyValues, @Nullable String mebibytes) {
        DataType type = switch (keyValues) {
            case null -> DataType.F16;
            case "F32" -> DataType.F32;
            case "F16" -> DataType.F16;
            case "Q8_0" -> DataType.Q8_0;
            default -> throw fault("apprentice.kv is " + keyValues + ", but must be F32, F16 or Q8_0");
        };
        if (mebibytes == null) {
            return new GenerationSettings(type, DEFAULT.prefixCacheBytes());
        }
        if (!mebibytes.matches("\\d{1,7}") || Integer.parseInt(mebibytes) > MOST_MEBIBYTES) {
            throw fault("apprentice.prefix.cache is " + mebibytes + ", but must be a whole number of MiB from 0 to "
                    + MOST_MEBIBYTES);
        }
        return new GenerationSettings(type, Long.parseLong(mebibytes) << 20);
    }

    /** Refuses a model whose heads do not consist of whole blocks of the type. */
    void require(ModelConfig config) {
        if (config.attention().headDim() % keyValues.blockElements() != 0) {
            throw fault("apprentice.kv is " + keyValues + ", which cannot hold heads of width "
                    + config.attention().headDim() + ": set it to F16 or F32");
        }
    }

    private static ModelException fault(String message) {
        return new ModelException(ModelException.Code.BAD_MODEL, message);
    }
}
