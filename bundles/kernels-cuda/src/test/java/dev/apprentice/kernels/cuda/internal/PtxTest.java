package dev.apprentice.kernels.cuda.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.apprentice.compute.DataType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What was compiled from the sources beside it, on a machine that needs neither the compiler nor a GPU. */
class PtxTest {
    private static final Path SOURCES = Path.of("src/main/cuda");
    private static final Path COMPILED = Path.of("src/main/resources/ptx");
    private static final Pattern ENTRY = Pattern.compile("\\.visible \\.entry (\\w+)\\(([^)]*)\\)");

    @Test
    void ptxIsThatOfTheSources() throws Exception {
        Map<String, String> digests = new TreeMap<>();
        for (Path file : files(SOURCES, ".cu", ".cuh")) {
            digests.put(file.getFileName().toString(), sha256(file));
        }
        for (Path file : files(COMPILED, ".ptx.gz")) {
            digests.put(file.getFileName().toString(), sha256(file));
        }
        Map<String, String> noted = new TreeMap<>();
        for (String line : Files.readAllLines(COMPILED.resolve("sha256"))) {
            noted.put(line.substring(66), line.substring(0, 64));
        }
        assertThat(digests).as("run src/main/cuda/build-ptx.sh").isEqualTo(noted);
    }

    @Test
    void everyKernelThatIsStartedTakesTheParametersThatItGets() {
        Map<String, Integer> expected = new TreeMap<>();
        expected.put("round_to_bytes", 5);
        expected.put("round_to_halves", 5);
        for (DataType type : DataType.values()) {
            boolean plain = type.blockElements() == 1;
            expected.put("product_few_" + type + "_1", plain ? 8 : 9);
            expected.put("product_few_" + type + "_" + CudaFunctions.FEW, plain ? 8 : 9);
            expected.put("product_many_" + type, type == DataType.F32 ? 7 : 10);
            expected.put("product_transposed_" + type, type == DataType.F32 ? 7 : 10);
        }
        Map<String, Integer> found = new TreeMap<>();
        for (String module : CudaDevice.MODULES) {
            Matcher entries = ENTRY.matcher(CudaDevice.ptx(module));
            while (entries.find()) {
                found.put(entries.group(1), entries.group(2).split(",").length);
            }
        }
        assertThat(found).isEqualTo(expected);
    }

    @Test
    void ptxIsForTheLeastCardAndDriverThatAreSupported() {
        assertThat(CudaDevice.MODULES)
                .allSatisfy(module -> assertThat(CudaDevice.ptx(module))
                        .contains(".version 6.5\n")
                        .contains(".target sm_75\n"));
    }

    private static Iterable<Path> files(Path folder, String... endings) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> Stream.of(endings).anyMatch(file.toString()::endsWith))
                    .toList();
        }
    }

    private static String sha256(Path file) throws IOException, NoSuchAlgorithmException {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
    }
}
