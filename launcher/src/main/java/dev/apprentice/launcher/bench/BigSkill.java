package dev.apprentice.launcher.bench;

import dev.apprentice.launcher.LauncherException;
import dev.apprentice.launcher.ReproducibleJar;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** A skill of any size: one of the distribution, filled up with bytes that do not compress. */
final class BigSkill {
    private BigSkill() {}

    /** The jar, with the filling named by its seed so that two of them differ. */
    static byte[] of(Path jar, int size, long seed) {
        try {
            byte[] small = Files.readAllBytes(jar);
            Map<String, byte[]> files = new LinkedHashMap<>();
            try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(small))) {
                for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                    files.put(entry.getName(), in.readAllBytes());
                }
            }
            byte[] filling = new byte[Math.max(0, size - small.length)];
            new SplittableRandom(seed).nextBytes(filling);
            files.put("filling-" + seed + ".bin", filling);
            return ReproducibleJar.of(files);
        } catch (IOException e) {
            throw new LauncherException("The skill " + jar + " cannot be read: build again with 'mvn package'", e);
        }
    }
}
