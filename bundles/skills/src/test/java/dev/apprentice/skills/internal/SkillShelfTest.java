package dev.apprentice.skills.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.apprentice.learning.Learning;
import dev.apprentice.learning.Learning.LearnedState;
import dev.apprentice.model.Adapter;
import dev.apprentice.skill.SkillPrompt;
import dev.apprentice.skills.InstalledSkill;
import dev.apprentice.skills.ServingSkill;
import dev.apprentice.skills.SkillException;
import dev.apprentice.skills.SkillException.Code;
import dev.apprentice.skills.SkillPackage;
import dev.apprentice.store.AuditEntry;
import dev.apprentice.store.AuditEvent;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SkillShelfTest {
    private static final SkillPrompt PROMPT = new SkillPrompt("int x", "");
    private static final byte[] FIRST = new SkillJar("1.0.0").build();
    private static final byte[] SECOND = new SkillJar("1.1.0").build();

    @TempDir
    Path home;

    private static SkillPackage signed(byte[] jar) {
        return TestShelf.signed(jar, TestShelf.PUBLISHER);
    }

    @Test
    void installUpdateAndRollBackServeTheRightVersion() throws Exception {
        try (TestShelf shelf = new TestShelf(home)) {
            InstalledSkill first = shelf.skills.install(signed(FIRST));
            assertThat(first.state()).isEqualTo(InstalledSkill.State.SERVING);
            assertThat(first.publisher()).isEqualTo("Test publisher");
            ServingSkill before = shelf.skills.serving("test").orElseThrow();
            assertThat(before.prepare(PROMPT)).isEqualTo("// 1.0.0\nint x");

            InstalledSkill second = shelf.skills.install(signed(SECOND));
            assertThat(second.keptVersions()).containsExactly("1.1.0", "1.0.0");
            assertThat(shelf.skills.serving("test").orElseThrow().version()).isEqualTo("1.1.0");
            assertThat(before.prepare(PROMPT)).as("a request in flight").isEqualTo("// 1.0.0\nint x");
            assertThat(shelf.bundles()).containsExactly("skill:test:" + second.jarDigest());

            InstalledSkill back = shelf.skills.rollBackToVersion("test", "1.0.0");
            assertThat(back.jarDigest()).isEqualTo(first.jarDigest());
            assertThat(shelf.skills.serving("test").orElseThrow().commit()).isEqualTo(before.commit());
            assertThat(shelf.bundles()).containsExactly("skill:test:" + first.jarDigest());
            assertThat(shelf.store.audit().latest(9).stream().map(AuditEntry::event))
                    .startsWith(AuditEvent.SKILL_ROLLED_BACK, AuditEvent.SKILL_UPDATED, AuditEvent.SKILL_INSTALLED);
        }
    }

    @Test
    void aBlankSkillStartsWithoutEffectAndIsTheSameAfterARestart() throws Exception {
        byte[] jar = new SkillJar("1.0.0")
                .describe("\"adapter\": \"adapter\"", "\"blankAdapter\": {\"rank\": 2, \"targets\": [\"q_proj\"]}")
                .build();
        String adapter;
        try (TestShelf shelf = new TestShelf(home)) {
            shelf.skills.install(signed(jar));
            Adapter blank = shelf.skills.serving("test").orElseThrow().adapter();
            int[] tokens = TestModel.MODEL.tokenizer().encode("int count = 0;");
            assertThat(TestModel.MODEL.score(tokens, 1, blank).nats())
                    .containsExactly(TestModel.MODEL.score(tokens, 1, null).nats());
            adapter = blank.digest();
        }
        try (TestShelf shelf = new TestShelf(home)) {
            assertThat(shelf.skills.serving("test").orElseThrow().adapter().digest())
                    .isEqualTo(adapter);
        }
    }

    @Test
    void refusedFilesChangeNothingAndAreAudited() throws Exception {
        try (TestShelf shelf = new TestShelf(home)) {
            shelf.skills.install(signed(SECOND));
            byte[] changed = SECOND.clone();
            changed[changed.length / 2] ^= 1;
            byte[] signature = signed(SECOND).signature();
            refuse(shelf, new SkillPackage("changed.jar", changed, signature), Code.SIGNATURE);
            refuse(shelf, new SkillPackage("unsigned.jar", SECOND, new byte[0]), Code.SIGNATURE);
            refuse(shelf, TestShelf.signed(new SkillJar("1.2.0").build(), TestShelf.STRANGER), Code.SIGNATURE);
            refuse(shelf, signed("no archive".getBytes(StandardCharsets.UTF_8)), Code.ARCHIVE);
            refuse(shelf, TestShelf.signed(new SkillJar("1.2.0").header("Bundle-Activator", "x.Y")), Code.ADMISSION);
            String base = TestModel.MODEL.info().digest();
            refuse(
                    shelf,
                    TestShelf.signed(new SkillJar("1.2.0").describe(base, "sha256:" + "0".repeat(64))),
                    Code.INCOMPATIBLE);
            refuse(shelf, signed(FIRST), Code.VERSION);
            refuse(shelf, TestShelf.signed(new SkillJar("1.1.0").text("more.txt", "x")), Code.VERSION);
            refuse(shelf, TestShelf.signed(new SkillJar("1.2.0").adapter(0)), Code.PROBE);
            refuse(shelf, TestShelf.signed(new SkillJar("1.2.0").adapter(10)), Code.PROBE);
            refuse(
                    shelf,
                    TestShelf.signed(new SkillJar("1.2.0").text("adapter/adapter_model.safetensors", "x")),
                    Code.INCOMPATIBLE);
            shelf.trust.add(TestShelf.STRANGER.certificatePem());
            refuse(shelf, TestShelf.signed(new SkillJar("1.2.0").build(), TestShelf.STRANGER), Code.SIGNATURE);
            shelf.store.audit().verify();
        }
    }

    private static void refuse(TestShelf shelf, SkillPackage file, Code code) {
        List<InstalledSkill> before = shelf.skills.list();
        List<String> bundles = shelf.bundles();
        String commit = shelf.skills.serving("test").map(ServingSkill::commit).orElse("");
        assertThatThrownBy(() -> shelf.skills.install(file))
                .isInstanceOfSatisfying(
                        SkillException.class,
                        refusal -> assertThat(refusal.code())
                                .as(refusal.getMessage())
                                .isEqualTo(code));
        assertThat(shelf.skills.list()).isEqualTo(before);
        assertThat(shelf.bundles()).isEqualTo(bundles);
        assertThat(shelf.skills.serving("test").map(ServingSkill::commit).orElse(""))
                .isEqualTo(commit);
        assertThat(shelf.store.audit().latest(1)).singleElement().satisfies(entry -> {
            assertThat(entry.event()).isEqualTo(AuditEvent.SKILL_REFUSED);
            assertThat(entry.detail()).startsWith(code + ": ");
        });
    }

    @Test
    void failureAtAnyCallToLearningLeavesTheOldVersion() throws Exception {
        AtomicReference<String> failing = new AtomicReference<>("");
        try (TestShelf shelf = new TestShelf(home, learning -> failingAt(learning, failing))) {
            shelf.skills.install(signed(FIRST));
            for (String step : List.of("prepare", "activate")) {
                failing.set(step);
                refuse(shelf, signed(SECOND), Code.FAILED);
            }
            failing.set("");
            assertThat(shelf.skills.install(signed(SECOND)).version()).isEqualTo("1.1.0");
            for (String step : List.of("prepareRollback", "activate")) {
                failing.set(step);
                assertThatThrownBy(() -> shelf.skills.rollBackToVersion("test", "1.0.0"))
                        .isInstanceOf(SkillException.class);
                assertThat(shelf.skills.serving("test").orElseThrow().version()).isEqualTo("1.1.0");
                assertThat(shelf.bundles()).hasSize(1);
            }
        }
    }

    private static Learning failingAt(Learning learning, AtomicReference<String> step) {
        return (Learning) Proxy.newProxyInstance(
                SkillShelfTest.class.getClassLoader(), new Class<?>[] {Learning.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals(step.get())) {
                        throw new IllegalStateException("full disk");
                    }
                    try {
                        return method.invoke(learning, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    @Test
    void codeShapesPromptsAndAnswersAlsoAfterItsBundleHasGone() throws Exception {
        String source = """
                package sample;
                public final class Code implements dev.apprentice.skill.SkillExtension {
                    static final class Later { static String end() { return "!"; } }
                    @Override public String finish(String answer) { return answer.strip() + Later.end(); }
                }
                """;
        try (TestShelf shelf = new TestShelf(home)) {
            shelf.skills.install(TestShelf.signed(new SkillJar("1.0.0").code("sample.Code", source)));
            ServingSkill serving = shelf.skills.serving("test").orElseThrow();
            shelf.skills.remove("test", LearnedState.DESTROY);
            assertThat(serving.finish(" x ")).isEqualTo("x!");
        }
    }

    @Test
    void codeThatCannotBeMadeIsRefused() throws Exception {
        String source = """
                package sample;
                public final class Code implements dev.apprentice.skill.SkillExtension {
                    public Code() { throw new IllegalStateException("no"); }
                }
                """;
        try (TestShelf shelf = new TestShelf(home)) {
            refuse(shelf, TestShelf.signed(new SkillJar("1.0.0").code("sample.Code", source)), Code.ADMISSION);
            assertThat(shelf.bundles()).isEmpty();
        }
    }

    @Test
    void restartServesTheSameCommit() throws Exception {
        String commit;
        try (TestShelf shelf = new TestShelf(home)) {
            shelf.skills.install(signed(FIRST));
            commit = shelf.skills.serving("test").orElseThrow().commit();
        }
        try (TestShelf shelf = new TestShelf(home)) {
            assertThat(shelf.skills.serving("test").orElseThrow().commit()).isEqualTo(commit);
            assertThat(shelf.bundles()).hasSize(1);
        }
    }

    @Test
    void fileChangedOnDiskIsQuarantinedAtStart() throws Exception {
        String digest;
        try (TestShelf shelf = new TestShelf(home)) {
            digest = shelf.skills.install(signed(FIRST)).jarDigest();
        }
        Path blob;
        try (var files = Files.walk(home.resolve("blobs"))) {
            blob = files.filter(file -> digest.endsWith(file.getFileName().toString())
                            || file.toString().replace("/", "").endsWith(digest.substring(7)))
                    .filter(Files::isRegularFile)
                    .findFirst()
                    .orElseThrow();
        }
        byte[] content = Files.readAllBytes(blob);
        content[content.length / 2] ^= 1;
        blob.toFile().setWritable(true);
        Files.write(blob, content);
        try (TestShelf shelf = new TestShelf(home)) {
            assertThat(shelf.skills.find("test").orElseThrow().state()).isEqualTo(InstalledSkill.State.QUARANTINED);
            assertThat(shelf.skills.serving("test")).isEmpty();
            assertThat(shelf.bundles()).isEmpty();
            assertThat(shelf.store.audit().latest(1))
                    .extracting(AuditEntry::event)
                    .containsExactly(AuditEvent.SKILL_QUARANTINED);
        }
    }

    @Test
    void distrustQuarantinesAtOnceAndTrustFrees() throws Exception {
        try (TestShelf shelf = new TestShelf(home)) {
            InstalledSkill skill = shelf.skills.install(signed(FIRST));
            TrustedPublishers publishers =
                    new TrustedPublishers(shelf.trust, shelf.store.audit(), shelf.skills::recheck);
            publishers.distrust(skill.publisherFingerprint());
            assertThat(shelf.skills.serving("test")).isEmpty();
            assertThat(shelf.skills.find("test").orElseThrow().problem()).contains("does not trust");
            publishers.trust(TestShelf.PUBLISHER.certificatePem());
            assertThat(shelf.skills.serving("test")).isPresent();
        }
    }

    @Test
    void removalKeepsOrDestroysWhatWasLearned() throws Exception {
        try (TestShelf shelf = new TestShelf(home)) {
            shelf.skills.install(signed(SECOND));
            shelf.skills.remove("test", LearnedState.KEEP);
            assertThat(shelf.skills.list()).isEmpty();
            assertThat(shelf.bundles()).isEmpty();
            refuse(shelf, signed(FIRST), Code.VERSION);
            shelf.skills.install(signed(SECOND));
            shelf.skills.remove("test", LearnedState.DESTROY);
            assertThat(shelf.skills.install(signed(FIRST)).version()).isEqualTo("1.0.0");
        }
    }
}
