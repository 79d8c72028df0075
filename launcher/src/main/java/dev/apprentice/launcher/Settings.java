package dev.apprentice.launcher;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.logging.Level;
import org.jspecify.annotations.Nullable;

/**
 * The settings of one home folder, from its {@value #FILE}; an unknown key or a bad value stops the start.
 *
 * @param httpPort port of the console and the API; 0 takes any free one
 * @param modelDirectory a model in Hugging Face layout or a GGUF file; null means the embedded one
 * @param modelWeights how linear weights are held: {@code file}, as the file has them, or a type into which they are converted
 * @param modelSparsity part of the feed-forward layers' neurons that generating leaves out; 0 leaves out none
 * @param keyValues how keys and values of the tokens read are held while answering: F32, F16 or Q8_0
 * @param prefixCacheMebibytes memory for those of earlier prompts; 0 keeps none
 * @param trainingMebibytes memory that learning may take beside the model's weights
 * @param kernels what computes: {@code auto}, which is the fastest that is there, or {@code cuda}, {@code native}, {@code vector}, {@code
 *     scalar}
 * @param threads of the kernels
 * @param benchmarkPeer the program that benchmarks run beside ours; set by whoever starts the platform, never by a file or a request
 */
public record Settings(
        Path home,
        int httpPort,
        @Nullable Path modelDirectory,
        String modelWeights,
        double modelSparsity,
        String keyValues,
        int prefixCacheMebibytes,
        int trainingMebibytes,
        String kernels,
        int threads,
        Level logLevel,
        @Nullable Path benchmarkPeer) {
    /** Name of the file in the home folder. */
    public static final String FILE = "apprentice.properties";

    private static final List<String> KEYS = List.of(
            "http.port",
            "model.dir",
            "model.weights",
            "model.sparsity",
            "kv",
            "prefix.cache",
            "training.memory",
            "kernels",
            "threads",
            "log.level");
    private static final String AS_IN_THE_FILE = "file";
    private static final List<String> WEIGHTS =
            List.of(AS_IN_THE_FILE, "F32", "F16", "BF16", "Q8_0", "Q4_0", "Q4_1", "Q4_K", "Q5_K", "Q6_K", "Q4_G128");
    private static final String FASTEST = "auto";
    private static final List<String> KERNELS = List.of(FASTEST, "cuda", "native", "vector", "scalar");
    private static final List<String> KEY_VALUES = List.of("F32", "F16", "Q8_0");
    private static final int DEFAULT_PREFIX_CACHE = 256;
    private static final int DEFAULT_TRAINING = 2048;
    private static final int DEFAULT_PORT = 7070;

    /** Reads the settings of a home; a home without the file has the defaults. */
    public static Settings read(Path home) {
        Path file = home.resolve(FILE);
        Properties properties = new Properties();
        if (Files.exists(file)) {
            try (Reader reader = Files.newBufferedReader(file)) {
                properties.load(reader);
            } catch (IOException | IllegalArgumentException e) {
                throw new LauncherException(
                        "The settings in " + file + " cannot be read (" + e.getMessage()
                                + "): make it a UTF-8 file of key=value lines, or remove it",
                        e);
            }
        }
        for (String key : properties.stringPropertyNames()) {
            if (!KEYS.contains(key)) {
                throw new LauncherException("Unknown setting '" + key + "' in " + file + ": remove it or use one of "
                        + String.join(", ", KEYS));
            }
        }
        return new Values(file, properties).settings(home);
    }

    /** The same settings with another port. */
    public Settings withPort(int port) {
        return with(port, benchmarkPeer);
    }

    /** The same settings with a {@code llama-bench} for benchmarks to take turns with. */
    public Settings withBenchmarkPeer(Path program) {
        return with(httpPort, program.toAbsolutePath().normalize());
    }

    private Settings with(int port, @Nullable Path peer) {
        return new Settings(
                home,
                port,
                modelDirectory,
                modelWeights,
                modelSparsity,
                keyValues,
                prefixCacheMebibytes,
                trainingMebibytes,
                kernels,
                threads,
                logLevel,
                peer);
    }

    /** What the bundles are told, as framework properties. */
    Map<String, String> frameworkProperties() {
        Map<String, String> properties = new LinkedHashMap<>();
        properties.put("apprentice.home", home.toString());
        properties.put("apprentice.http.port", Integer.toString(httpPort));
        properties.put("apprentice.model.weights", modelWeights);
        properties.put("apprentice.model.sparsity", Double.toString(modelSparsity));
        properties.put("apprentice.kv", keyValues);
        properties.put("apprentice.prefix.cache", Integer.toString(prefixCacheMebibytes));
        properties.put("apprentice.training.memory", Integer.toString(trainingMebibytes));
        properties.put("apprentice.threads", Integer.toString(threads));
        if (!kernels.equals(FASTEST)) {
            properties.put("apprentice.kernels", kernels);
        }
        if (modelDirectory != null) {
            properties.put("apprentice.model.dir", modelDirectory.toString());
        }
        if (benchmarkPeer != null) {
            properties.put("apprentice.bench.peer", benchmarkPeer.toString());
        }
        return properties;
    }

    /** The values of one file, each checked as it is read. */
    private record Values(Path file, Properties properties) {
        Settings settings(Path home) {
            int processors = Runtime.getRuntime().availableProcessors();
            return new Settings(
                    home.toAbsolutePath().normalize(),
                    number("http.port", DEFAULT_PORT, 0, 65_535),
                    modelDirectory(),
                    oneOf("model.weights", AS_IN_THE_FILE, WEIGHTS),
                    sparsity(),
                    oneOf("kv", "F16", KEY_VALUES),
                    number("prefix.cache", DEFAULT_PREFIX_CACHE, 0, 1 << 20),
                    number("training.memory", DEFAULT_TRAINING, 1, 1 << 20),
                    oneOf("kernels", FASTEST, KERNELS),
                    number("threads", processors, 1, 1024),
                    level(),
                    null);
        }

        private int number(String key, int otherwise, int least, int most) {
            String text = properties.getProperty(key);
            if (text == null) {
                return otherwise;
            }
            try {
                int value = Integer.parseInt(text.strip());
                if (value >= least && value <= most) {
                    return value;
                }
            } catch (NumberFormatException e) {
                throw bad(key, text, "a whole number from " + least + " to " + most, e);
            }
            throw bad(key, text, "a whole number from " + least + " to " + most, null);
        }

        private double sparsity() {
            String text = properties.getProperty("model.sparsity", "0").strip();
            if (!text.matches("0(\\.\\d{1,2})?")) {
                throw bad("model.sparsity", text, "0, or a part of the neurons below 1 such as 0.5", null);
            }
            return Double.parseDouble(text);
        }

        private String oneOf(String key, String otherwise, List<String> allowed) {
            String text = properties.getProperty(key, otherwise).strip();
            if (!allowed.contains(text)) {
                throw bad(key, text, "one of " + String.join(", ", allowed), null);
            }
            return text;
        }

        private @Nullable Path modelDirectory() {
            String text = properties.getProperty("model.dir");
            if (text == null) {
                return null;
            }
            Path directory = Path.of(text.strip()).toAbsolutePath();
            if (!Files.isDirectory(directory) && !Files.isRegularFile(directory)) {
                throw bad(
                        "model.dir",
                        text,
                        "a GGUF file, or a folder with config.json, model.safetensors and tokenizer.json",
                        null);
            }
            return directory;
        }

        private Level level() {
            String text = properties.getProperty("log.level", "INFO").strip();
            try {
                return Level.parse(text);
            } catch (IllegalArgumentException e) {
                throw bad("log.level", text, "a level such as INFO, FINE or WARNING", e);
            }
        }

        private LauncherException bad(String key, String value, String wanted, @Nullable Throwable cause) {
            return new LauncherException(
                    "Setting '" + key + "' in " + file + " is '" + value + "', but must be " + wanted + ": change it",
                    cause);
        }
    }
}
