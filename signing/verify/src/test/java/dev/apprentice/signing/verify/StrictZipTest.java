package dev.apprentice.signing.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class StrictZipTest {
    private static final int CASES = Integer.getInteger("apprentice.property.cases", 2000);

    @Test
    void plainArchiveIsRead() {
        StrictZip zip = StrictZip.read(ZipBuilder.plain().build());
        assertThat(zip.names()).containsExactly("META-INF/MANIFEST.MF", "a.txt", "folder/b.txt");
        assertThat(new String(zip.content("a.txt"), StandardCharsets.UTF_8)).startsWith("some text");
        assertThatThrownBy(() -> zip.content("c.txt"))
                .isInstanceOf(SigningException.class)
                .hasMessageContaining("c.txt");
    }

    @Test
    void archiveOfTheJavaRuntimeIsRead() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JarOutputStream jar = new JarOutputStream(bytes)) {
            jar.putNextEntry(new ZipEntry("META-INF/MANIFEST.MF"));
            jar.write("Manifest-Version: 1.0\r\n\r\n".getBytes(StandardCharsets.UTF_8));
            jar.putNextEntry(new ZipEntry("ä.txt"));
        }
        assertThat(StrictZip.read(bytes.toByteArray()).names()).contains("ä.txt");
    }

    static Stream<Arguments> structures() {
        return Stream.of(
                attack("duplicate entry, evil last", zip -> zip.add("a.txt", "evil")),
                attack(
                        "duplicate entry, evil first",
                        zip -> zip.entries.add(2, new ZipBuilder.Entry("a.txt", new byte[] {1}))),
                attack("second manifest", zip -> zip.add("META-INF/MANIFEST.MF", "evil")),
                attack("manifest in lower case", zip -> zip.add("meta-inf/manifest.mf", "evil")),
                attack("hidden local entry", zip -> zip.add("hidden.class", "evil").inDirectory = false),
                attack(
                        "local name other than central",
                        zip -> zip.entries.get(2).localName = "b.txt".getBytes(StandardCharsets.UTF_8)),
                attack("local method other than central", zip -> zip.entries.get(2).localMethod = 0),
                attack("prefix bytes", zip -> zip.prefix = new byte[] {'#', '!'}),
                attack("bytes before the directory", zip -> zip.beforeDirectory = new byte[3]),
                attack("bytes before the end record", zip -> zip.beforeEnd = new byte[3]),
                attack("comment", zip -> zip.comment = "x"),
                attack("manifest not first", zip -> zip.entries.add(0, new ZipBuilder.Entry("z.txt", new byte[0]))),
                attack("no manifest", zip -> zip.entries.remove(1)),
                attack("nested archive by name", zip -> zip.add("lib/code.jar", "x")),
                attack("nested archive by content", zip -> zip.add("data.bin", "PK\u0003\u0004")),
                attack("symlink", zip -> zip.entries.get(2).mode = 0120777),
                attack("encrypted", zip -> zip.entries.get(2).flags |= 1),
                attack("unknown method", zip -> zip.entries.get(3).method = 12),
                attack("wrong checksum", zip -> zip.entries.get(2).crc++),
                attack("more declared than there is", zip -> zip.entries.get(2).size += 1),
                attack("less declared than there is", zip -> zip.entries.get(2).size -= 1),
                attack("folder with content", zip -> zip.add("c/", "x")),
                attack("file and folder of one name", zip -> zip.add("a.txt/", "")),
                attack("file below a file", zip -> zip.add("A.TXT/x", "")),
                attack("names equal but for Unicode form", zip -> {
                    zip.add("\u00e4", "");
                    zip.add("a\u0308", "");
                }),
                attack("zip64 extra field", zip -> zip.entries.get(2).extra = new byte[] {1, 0, 0, 0}),
                attack(
                        "damaged extra field",
                        zip -> zip.entries.get(2).extra = new byte[] {(byte) 0xFE, (byte) 0xCA, 9, 0}),
                attack(
                        "bomb by ratio",
                        zip -> zip.add("bomb", "0".repeat(1 << 20)).deflate()),
                attack("bomb by declared size", zip -> zip.entries.get(2).size = Integer.MAX_VALUE),
                attack("bomb by count", zip -> {
                    for (int i = 0; i < StrictZip.MOST_ENTRIES; i++) {
                        zip.add("f" + i, "");
                    }
                }));
    }

    private static Arguments attack(String name, Consumer<ZipBuilder> change) {
        return Arguments.of(name, change);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("structures")
    void archiveThatReadersTakeDifferentlyIsRefused(String name, Consumer<ZipBuilder> change) {
        ZipBuilder zip = ZipBuilder.plain();
        change.accept(zip);
        refused(name, zip.build());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../../evil.txt",
                "/etc/passwd",
                "a/../../b",
                "./x",
                "a//b",
                "a\\b",
                "C:evil",
                "C:/evil",
                "nul\0l",
                "tab\tx",
                "dot.",
                "blank ",
                "a/./b",
                ""
            })
    void pathThatLeavesTheArchiveIsRefused(String name) {
        ZipBuilder zip = ZipBuilder.plain();
        zip.add(name, "evil");
        refused(name, zip.build());
    }

    @Test
    void joinedAndTrailingArchivesAreRefused() {
        byte[] one = ZipBuilder.plain().build();
        ZipBuilder other = ZipBuilder.plain();
        other.add("evil.class", "evil");
        byte[] two = other.build();
        refused("good, then evil", joined(one, two));
        refused("evil, then good", joined(two, one));
        refused("trailing bytes", joined(one, new byte[] {0}));
        refused("trailing bytes as long as an end record", joined(one, new byte[22]));
        refused("nothing", new byte[0]);
    }

    @Test
    void overlappingEntriesAreRefused() {
        byte[] zip = ZipBuilder.plain().build();
        // The last central header points at the entry before it.
        int last = new String(zip, StandardCharsets.ISO_8859_1).lastIndexOf("PK\u0001\u0002");
        int before = new String(zip, StandardCharsets.ISO_8859_1).lastIndexOf("PK\u0001\u0002", last - 1);
        System.arraycopy(zip, before + 42, zip, last + 42, 4);
        refused("overlap", zip);
    }

    @Test
    void randomDamageIsRefusedOrChangesNothing() {
        byte[] good = ZipBuilder.plain().build();
        StrictZip expected = StrictZip.read(good);
        SplittableRandom random = new SplittableRandom(42);
        for (int i = 0; i < CASES; i++) {
            byte[] bad = random.nextInt(4) == 0 ? Arrays.copyOf(good, random.nextInt(good.length)) : good.clone();
            if (bad.length == good.length) {
                bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
            }
            try {
                StrictZip read = StrictZip.read(bad);
                assertThat(read.names()).as("case %d", i).isEqualTo(expected.names());
                read.names().forEach(name -> assertThat(read.content(name)).isEqualTo(expected.content(name)));
            } catch (SigningException refusal) {
                assertThat(refusal.code()).isEqualTo(SigningException.Code.ARCHIVE);
            }
        }
    }

    private static void refused(String name, byte[] bytes) {
        assertThatThrownBy(() -> StrictZip.read(bytes))
                .as(name)
                .isInstanceOfSatisfying(
                        SigningException.class,
                        refusal -> assertThat(refusal.code()).isEqualTo(SigningException.Code.ARCHIVE));
    }

    private static byte[] joined(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }
}
