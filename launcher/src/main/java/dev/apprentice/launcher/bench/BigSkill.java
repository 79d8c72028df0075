package dev.apprentice.launcher.bench;

import dev.apprentice.launcher.LauncherException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.SplittableRandom;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/** A skill of any size: one of the distribution, filled up with bytes that do not compress. */
final class BigSkill {
    private static final LocalDateTime TIME = LocalDateTime.of(2026, 1, 1, 0, 0);

    private BigSkill() {}

    /** The jar, with the filling named by its seed so that two of them differ. */
    static byte[] of(Path jar, int size, long seed) {
        try {
            byte[] small = Files.readAllBytes(jar);
            ByteArrayOutputStream big = new ByteArrayOutputStream(size + 4096);
            try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(small));
                    ZipOutputStream out = new ZipOutputStream(big, StandardCharsets.UTF_8)) {
                for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                    put(out, entry.getName(), in.readAllBytes());
                }
                byte[] filling = new byte[Math.max(0, size - small.length)];
                new SplittableRandom(seed).nextBytes(filling);
                put(out, "filling-" + seed + ".bin", filling);
            }
            return big.toByteArray();
        } catch (IOException e) {
            throw new LauncherException("The skill " + jar + " cannot be read: build again with 'mvn package'", e);
        }
    }

    private static void put(ZipOutputStream out, String name, byte[] content) throws IOException {
        ZipEntry entry = new ZipEntry(name);
        entry.setTimeLocal(TIME);
        out.putNextEntry(entry);
        out.write(content);
        out.closeEntry();
    }
}
