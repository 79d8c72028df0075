package dev.apprentice.skills.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.apprentice.signing.publish.PackageSigner;
import dev.apprentice.skills.SkillException.Code;
import dev.apprentice.skills.SkillPackage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Archives that the framework would install without a word, offered twice: under the signature of the good file, as someone on the
 * way would do it, and properly signed by a trusted publisher who has turned bad.
 */
class ArchiveAttackTest extends AttackedShelf {
    private static final String MANIFEST = "META-INF/MANIFEST.MF";
    private static final byte[] GOOD = new SkillJar("1.1.0").build();
    private static final byte[] SIGNATURE = PackageSigner.sign(TestShelf.PUBLISHER, GOOD);

    static Stream<Arguments> attacks() {
        return Stream.of(
                raw("unsigned class appended", Code.ADMISSION, jar -> jar.append("evil/Evil.class", "\u00ca\u00fe")),
                raw("duplicate entry, evil last", Code.ARCHIVE, jar -> jar.append("validation.txt", "evil")),
                raw("duplicate entry, evil first", Code.ARCHIVE, jar -> jar.add(2, "validation.txt", "evil")),
                raw("second META-INF/MANIFEST.MF", Code.ARCHIVE, jar -> jar.append(MANIFEST, "Evil: yes\r\n")),
                raw("extra meta-inf/manifest.mf", Code.ARCHIVE, jar -> jar.append("meta-inf/manifest.mf", "Evil: yes")),
                raw("hidden local entry", Code.ARCHIVE, jar -> {
                    jar.append("evil.txt", "evil").find("evil.txt").inDirectory = false;
                    return jar;
                }),
                raw("local name other than central name", Code.ARCHIVE, jar -> {
                    jar.find("validation.txt").localName = "validation.tx_";
                    return jar;
                }),
                raw(
                        "manifest main attribute changed",
                        Code.ADMISSION,
                        jar -> manifest(jar, "Bundle-Activator: evil.Evil\r\n\r\n")),
                raw(
                        "manifest section added",
                        Code.ADMISSION,
                        jar -> manifest(jar, "\r\nName: adapter/\r\nEvil: yes\r\n\r\n")),
                raw("prefix bytes", Code.ARCHIVE, jar -> {
                    jar.prefix = new byte[] {'#', '!', '\n'};
                    return jar;
                }),
                raw("bytes between entries and directory", Code.ARCHIVE, jar -> {
                    jar.beforeDirectory = new byte[4];
                    return jar;
                }),
                raw("trailing bytes", Code.ARCHIVE, jar -> {
                    jar.trailing = new byte[] {0};
                    return jar;
                }),
                bytes("two archives, good first", Code.ARCHIVE, good -> joined(good, new SkillJar("9.0.0").build())),
                bytes("two archives, evil first", Code.ARCHIVE, good -> joined(new SkillJar("9.0.0").build(), good)),
                raw("entry ../../evil.txt", Code.ARCHIVE, jar -> jar.append("../../evil.txt", "evil")),
                raw("absolute path", Code.ARCHIVE, jar -> jar.append("/etc/evil", "evil")),
                raw("backslash", Code.ARCHIVE, jar -> jar.append("..\\evil.txt", "evil")),
                raw("drive letter", Code.ARCHIVE, jar -> jar.append("C:evil.txt", "evil")),
                raw("NUL in a name", Code.ARCHIVE, jar -> jar.append("evil\0.txt", "evil")),
                raw("symlink", Code.ARCHIVE, jar -> {
                    jar.find("validation.txt").mode = 0120777;
                    return jar;
                }),
                raw("names equal but for case", Code.ARCHIVE, jar -> jar.append("VALIDATION.txt", "evil")),
                raw(
                        "names equal but for Unicode form",
                        Code.ARCHIVE,
                        jar -> jar.append("\u00e9", "a").append("e\u0301", "b")),
                bytes("nested code jar", Code.ARCHIVE, good -> nested(good, "lib/evil.jar")),
                bytes("nested code jar under another name", Code.ARCHIVE, good -> nested(good, "data.bin")),
                bytes(
                        "bomb by ratio",
                        Code.ARCHIVE,
                        good -> new SkillJar("1.1.0")
                                .text("bomb.txt", "0".repeat(50 << 20))
                                .build()),
                raw("bomb by count", Code.ARCHIVE, jar -> {
                    for (int i = 0; i < 5000; i++) {
                        jar.append("f" + i, "");
                    }
                    return jar;
                }),
                bytes("truncated", Code.ARCHIVE, good -> Arrays.copyOf(good, good.length - 1)),
                bytes("empty", Code.ARCHIVE, good -> new byte[0]));
    }

    private static Arguments raw(String name, Code code, UnaryOperator<RawJar> change) {
        return bytes(name, code, good -> change.apply(new RawJar(good)).build());
    }

    private static Arguments bytes(String name, Code code, UnaryOperator<byte[]> change) {
        return Arguments.of(name, code, change);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("attacks")
    void isRefusedWhoeverSignedIt(String name, Code code, UnaryOperator<byte[]> change) {
        byte[] evil = change.apply(GOOD);
        Refused.with(shelf, new SkillPackage(name, evil, SIGNATURE), Code.SIGNATURE, "The file is not the one that");
        Refused.with(shelf, TestShelf.signed(evil, TestShelf.PUBLISHER), code, "");
    }

    @Test
    void contentTamperedWithOrSignatureStrippedIsRefused() {
        RawJar tampered = new RawJar(GOOD);
        tampered.find("validation.txt").content = "evil".getBytes(StandardCharsets.UTF_8);
        Refused.with(
                shelf,
                new SkillPackage("tampered.jar", tampered.build(), SIGNATURE),
                Code.SIGNATURE,
                "changed since: get it again");
        Refused.with(shelf, new SkillPackage("stripped.jar", GOOD, new byte[0]), Code.SIGNATURE, "has no signature");
    }

    @Test
    void theGoodFilePutTogetherAnewIsTaken(@TempDir Path other) throws Exception {
        try (TestShelf fresh = new TestShelf(other)) {
            byte[] same = new RawJar(GOOD).build();
            assertThat(fresh.skills
                            .install(TestShelf.signed(same, TestShelf.PUBLISHER))
                            .version())
                    .isEqualTo("1.1.0");
        }
    }

    private static RawJar manifest(RawJar jar, String more) {
        RawJar.Entry manifest = jar.find(MANIFEST);
        String text = new String(manifest.content, StandardCharsets.UTF_8);
        manifest.content = (text.stripTrailing() + "\r\n" + more).getBytes(StandardCharsets.UTF_8);
        return jar;
    }

    private static byte[] nested(byte[] good, String name) {
        RawJar jar = new RawJar(good);
        jar.entries.add(new RawJar.Entry(name, good));
        return jar.build();
    }

    private static byte[] joined(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }
}
