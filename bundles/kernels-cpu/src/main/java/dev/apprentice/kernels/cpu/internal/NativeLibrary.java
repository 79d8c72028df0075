package dev.apprentice.kernels.cpu.internal;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The C library of this module, unpacked to a file and loaded until it is closed. */
public final class NativeLibrary implements AutoCloseable {
    private static final String FILE = "libapprentice-kernels.so";
    private static final String[] MISSING = {
        "AVX-512 (F, BW, DQ, VL)", "AVX-512 VBMI", "AVX-512 VNNI", "AVX-512 BF16",
    };

    private final Arena arena;
    private final NativeFunctions functions;

    private NativeLibrary(Arena arena, NativeFunctions functions) {
        this.arena = arena;
        this.functions = functions;
    }

    /** Why the library cannot be used here; the message says what would change it. */
    public static final class Unavailable extends Exception {
        private static final long serialVersionUID = 1;

        private final String reason;

        Unavailable(String reason, @Nullable Throwable cause) {
            super(reason, cause);
            this.reason = reason;
        }

        public String reason() {
            return reason;
        }
    }

    /**
     * Loads the library.
     *
     * @param folder where its file lies until it is loaded
     */
    public static NativeLibrary load(Path folder) throws Unavailable {
        return load(folder, MatrixUnit.TILES);
    }

    @SuppressWarnings("MustBeClosedChecker") // close() does
    static NativeLibrary load(Path folder, MatrixUnit best) throws Unavailable {
        Path file = unpack(folder);
        Arena arena = Arena.ofShared();
        try {
            NativeFunctions functions = new NativeFunctions(SymbolLookup.libraryLookup(file, arena), best);
            Files.delete(file); // what is loaded stays loaded
            int missing = functions.checkCpu();
            if (missing != 0) {
                throw new Unavailable("this processor has no " + MISSING[missing - 1], null);
            }
            return new NativeLibrary(arena, functions);
        } catch (Unavailable e) {
            arena.close();
            throw e;
        } catch (IllegalArgumentException | IllegalCallerException | IOException e) {
            arena.close();
            throw new Unavailable(
                    "the native library does not load (" + e.getMessage()
                            + "): start Java with --enable-native-access=ALL-UNNAMED and a folder that may hold programs",
                    e);
        }
    }

    NativeFunctions functions() {
        return functions;
    }

    private static Path unpack(Path folder) throws Unavailable {
        String resource = "/native/" + platform() + "/" + FILE;
        try (InputStream content = NativeLibrary.class.getResourceAsStream(resource)) {
            if (content == null) {
                throw new Unavailable(
                        "this build holds no " + resource + ": build on " + platform() + " where the C compiler cc is",
                        null);
            }
            Files.createDirectories(folder);
            Path file = Files.createTempFile(folder, "kernels-", ".so");
            Files.copy(content, file, StandardCopyOption.REPLACE_EXISTING);
            return file;
        } catch (IOException e) {
            throw new Unavailable("the native library cannot be written to " + folder + ": make room there", e);
        }
    }

    private static String platform() {
        String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        String processor = System.getProperty("os.arch");
        return system + "-" + (processor.equals("amd64") ? "x86_64" : processor);
    }

    @Override
    public void close() {
        arena.close();
    }
}
