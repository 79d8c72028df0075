package dev.apprentice.skills.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.apprentice.skill.SkillFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SkillFolderTest {
    @TempDir
    Path home;

    private SkillFolder folder() {
        return new SkillFolder(home.resolve("test"));
    }

    @Test
    void textsAreWrittenReadListedAndDeleted() {
        SkillFolder folder = folder();
        assertThat(folder.names()).isEmpty();
        assertThat(folder.read("a")).isEmpty();
        folder.write("b", "zwei\nüber");
        folder.write("a", "");
        folder.write("a", "one");
        assertThat(folder.names()).containsExactly("a", "b");
        assertThat(folder.read("b")).contains("zwei\nüber");
        assertThat(folder.read("a")).contains("one");
        folder.delete("a");
        folder.delete("a");
        assertThat(folder.names()).containsExactly("b");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "../x", "..", "/etc/passwd", "a/b", "a\\b", "C:x", "x\0", "A", "ä", "a.b", "nul.txt", "a\n"})
    void namesThatLeaveTheFolderAreRefused(String name) {
        SkillFolder folder = folder();
        assertThatThrownBy(() -> folder.write(name, "x")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> folder.read(name)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> folder.delete(name)).isInstanceOf(IllegalArgumentException.class);
        assertThat(home).isEmptyDirectory();
    }

    @Test
    void linksAreNotFollowed() throws Exception {
        Path secret = Files.writeString(home.resolve("secret"), "secret");
        Files.createSymbolicLink(Files.createDirectory(home.resolve("test")).resolve("link.txt"), secret);
        assertThatThrownBy(() -> folder().read("link")).isInstanceOf(IllegalStateException.class);
        folder().write("link", "mine");
        assertThat(secret).hasContent("secret");
    }

    @Test
    void itDoesNotFillTheDisk() {
        SkillFolder folder = folder();
        String longest = "x".repeat(SkillFiles.LONGEST);
        assertThatThrownBy(() -> folder.write("a", longest + "x")).isInstanceOf(IllegalArgumentException.class);
        for (int i = 0; i < SkillFiles.MOST; i++) {
            folder.write("t" + i, longest);
        }
        assertThatThrownBy(() -> folder.write("more", "")).isInstanceOf(IllegalArgumentException.class);
        folder.write("t0", "replaced");
        assertThat(folder.read("t1")).contains(longest);
    }

    @Test
    void closedFolderIsReachedNoMore() {
        SkillFolder folder = folder();
        folder.write("a", "x");
        folder.close();
        assertThatThrownBy(() -> folder.write("a", "y")).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> folder.read("a")).isInstanceOf(IllegalStateException.class);
        assertThat(home.resolve("test").resolve("a.txt")).hasContent("x");
    }
}
