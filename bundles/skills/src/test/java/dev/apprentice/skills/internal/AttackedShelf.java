package dev.apprentice.skills.internal;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** A shelf with one good skill, which no attack may change. */
abstract class AttackedShelf {
    @TempDir
    static Path home;

    static TestShelf shelf;

    @BeforeAll
    static void install() throws Exception {
        shelf = new TestShelf(home);
        shelf.skills.install(TestShelf.signed(new SkillJar("1.0.0")));
    }

    @AfterAll
    static void close() throws Exception {
        shelf.close();
    }
}
