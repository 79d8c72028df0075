package dev.apprentice.llm.internal;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import dev.apprentice.model.ModelException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** Starts Hugging Face's own tokenizer library, which comes inside this bundle for each platform. */
final class NativeTokenizer {
    private NativeTokenizer() {}

    /**
     * Loads a tokenizer.
     *
     * @param cache folder into which the native library is unpacked
     */
    static HuggingFaceTokenizer load(byte[] json, Path cache) {
        stayAtHome(cache);
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        // the library looks for its native part through the context class loader
        thread.setContextClassLoader(NativeTokenizer.class.getClassLoader());
        try {
            return HuggingFaceTokenizer.newInstance(
                    new ByteArrayInputStream(json),
                    Map.of("addSpecialTokens", "false", "truncation", "false", "padding", "false"));
        } catch (IOException | RuntimeException e) {
            throw new ModelException(
                    ModelException.Code.BAD_MODEL,
                    ModelFiles.TOKENIZER + " cannot be loaded (" + e.getMessage()
                            + "): use the tokenizer of this model, and see that " + cache + " can be written",
                    e);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    /** By default the library reports its use over the network and looks on it for a build that fits a GPU: neither is wanted. */
    private static void stayAtHome(Path cache) {
        System.setProperty("OPT_OUT_TRACKING", "true");
        System.setProperty("ai.djl.offline", "true");
        System.setProperty("RUST_FLAVOR", "cpu");
        System.setProperty("ENGINE_CACHE_DIR", cache.toString());
        System.setProperty("DJL_CACHE_DIR", cache.toString());
        // its log has no place to go to, and says so on the terminal
        System.setProperty("slf4j.internal.verbosity", "ERROR");
    }
}
