package dev.apprentice.skills.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.apprentice.learning.Learning.LearnedState;
import dev.apprentice.skill.SkillPrompt;
import dev.apprentice.skills.InstalledSkill;
import dev.apprentice.skills.ServingSkill;
import dev.apprentice.skills.SkillException.Code;
import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Code that admission cannot see through: it takes all the time or memory there is, and is stopped. */
class RunawayCodeTest {
    private static final SkillPrompt PROMPT = new SkillPrompt("plain", "");

    @TempDir
    Path home;

    private static SkillJar skill(String members) {
        return new SkillJar("1.0.0").code("sample.Code", """
                package sample;
                public final class Code implements dev.apprentice.skill.SkillExtension {
                    static long kept;
                    %s
                }
                """.formatted(members));
    }

    private static SkillJar answering(String statements) {
        return skill("@Override public String finish(String answer) { " + statements + " }");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "endless loop|while (true) {}",
                "loop that catches everything|while (true) { try { while (true) kept++; } catch (Throwable t) { kept--; } }",
                "loop that hides in finally|try { while (true) kept++; } finally { while (kept != 0) kept++; }",
                "loop through switch|for (int i = 0; ; i = (i + 1) % 3) { switch (i) { case 0: kept++; break; case 2: kept--; } }",
                "loop through a lambda|java.util.stream.Stream.generate(() -> 1).forEach(i -> kept += i); return answer;",
                "loop in a lock|synchronized (this) { while (true) kept++; }",
                "memory hog|java.util.List<byte[]> hog = new java.util.ArrayList<>(); while (true) hog.add(new byte[1 << 20]);",
                "garbage without end|while (true) kept += new byte[1 << 20].length;"
            })
    void isGivenUpAndItsThreadEnds(String what, String statements) throws Exception {
        try (TestShelf shelf = new TestShelf(home)) {
            shelf.skills.install(TestShelf.signed(answering(statements)));
            ServingSkill serving = shelf.skills.serving("test").orElseThrow();
            assertThat(serving.finish("plain")).isEqualTo("plain");
            require("the thread of the skill ends", () -> !runs());
            assertThat(serving.finish("again")).isEqualTo("again");
            assertThat(runs()).as("it is not called again").isFalse();
            assertThat(serving.prepare(PROMPT)).contains("plain");
        }
    }

    @Test
    void recursionWithoutEndIsGivenUp() throws Exception {
        SkillJar jar = skill("""
                static int more(int n) { return n <= 0 ? 1 : more(n - 1) + more(n - 1); }
                static int deep(int n) { return deep(n + 1) + 1; }
                @Override public String prepare(dev.apprentice.skill.SkillPrompt prompt) { return "" + deep(0); }
                @Override public String finish(String answer) { return "" + more(200); }
                """);
        try (TestShelf shelf = new TestShelf(home)) {
            shelf.skills.install(TestShelf.signed(jar));
            ServingSkill serving = shelf.skills.serving("test").orElseThrow();
            assertThat(serving.prepare(PROMPT)).contains("plain");
            assertThat(serving.finish("plain")).isEqualTo("plain");
            require("the thread of the skill ends", () -> !runs());
        }
    }

    @Test
    void hugeArrayFallsBackToPlainText() throws Exception {
        try (TestShelf shelf = new TestShelf(home)) {
            shelf.skills.install(
                    TestShelf.signed(answering("return answer + new long[Integer.MAX_VALUE - 8].length;")));
            ServingSkill serving = shelf.skills.serving("test").orElseThrow();
            assertThat(serving.finish("plain")).isEqualTo("plain");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"public Code() { while (true) kept++; }", "static { while (kept >= 0) kept = 0; }"})
    void skillWhoseCodeCannotBeMadeIsRefused(String members) throws Exception {
        try (TestShelf shelf = new TestShelf(home)) {
            Refused.with(shelf, TestShelf.signed(skill(members)), Code.ADMISSION, "returns at once");
            require("the thread of the skill ends", () -> !runs());
        }
    }

    @Test
    void classLoaderOfARemovedSkillIsFreed() throws Exception {
        try (TestShelf shelf = new TestShelf(home)) {
            WeakReference<Object> version = installed(shelf, answering("while (true) kept++;"));
            require("the thread of the skill ends", () -> !runs());
            shelf.skills.remove("test", LearnedState.DESTROY);
            require("the version is garbage", () -> {
                System.gc();
                return version.refersTo(null);
            });
        }
    }

    /** The version of a skill that has been called, in which all of its classes are reachable. */
    private static WeakReference<Object> installed(TestShelf shelf, SkillJar jar) {
        InstalledSkill skill = shelf.skills.install(TestShelf.signed(jar));
        ServingSkill serving = shelf.skills.serving(skill.id()).orElseThrow();
        serving.finish("plain");
        return new WeakReference<>(((Snapshot) serving).skill().code().orElseThrow());
    }

    private static boolean runs() {
        return Thread.getAllStackTraces().keySet().stream()
                .anyMatch(thread -> thread.getName().equals("skill-test"));
    }

    private static void require(String what, BooleanSupplier holds) throws InterruptedException {
        for (int i = 0; i < 200 && !holds.getAsBoolean(); i++) {
            Thread.sleep(20);
        }
        assertThat(holds.getAsBoolean()).as(what).isTrue();
    }
}
