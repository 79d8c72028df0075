package dev.apprentice.learning.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.apprentice.learning.Commit;
import dev.apprentice.learning.CycleReport;
import dev.apprentice.learning.Experience;
import dev.apprentice.learning.Experience.Verdict;
import dev.apprentice.learning.Learner;
import dev.apprentice.learning.Learning.LearnedState;
import dev.apprentice.learning.LearningException;
import dev.apprentice.learning.LearningSettings;
import dev.apprentice.learning.Progress;
import dev.apprentice.model.Adapter;
import dev.apprentice.model.TrainingSample;
import dev.apprentice.store.AuditEntry;
import dev.apprentice.store.AuditEvent;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LearnerTest {
    @TempDir
    Path home;

    private TestPlatform platform;

    @BeforeEach
    void open() {
        platform = new TestPlatform(home);
    }

    @AfterEach
    void close() {
        platform.close();
    }

    @Test
    void learnsATextThatComesAgainAndAgain() {
        Learner learner = platform.install(TestPlatform.profile());
        TestPlatform.record(learner, 0, 20);
        double before = nats(learner);

        for (int i = 0; i < 12; i++) {
            assertThat(learner.cycle(Progress.SILENT).outcome()).isEqualTo(CycleReport.Outcome.COMMITTED);
        }

        assertThat(nats(learner)).isLessThan(0.8 * before);
        assertThat(learner.head().cycle()).isEqualTo(12);
        assertThat(learner.head().experiences()).isEqualTo(18); // 2 of 20 are set aside for the gate
        assertThat(learner.log()).hasSize(13);
        assertThat(platform.store.audit().latest(1).getFirst().event()).isEqualTo(AuditEvent.CYCLE_COMMITTED);
        platform.store.audit().verify();
    }

    /** Of a line of the same kind that was never learned. */
    private static double nats(Learner learner) {
        TrainingSample sample = new Samples(TestPlatform.MODEL.tokenizer(), 48).of(TestPlatform.line(99));
        return TestPlatform.MODEL
                .score(sample.tokens(), sample.from(), learner.adapter())
                .meanNats();
    }

    @Test
    void aRunCutInTwoEqualsARunInOne(@TempDir Path other) {
        Learner learner = platform.install(TestPlatform.profile());
        TestPlatform.record(learner, 0, 12);
        cycles(learner, 3);
        platform.close();
        platform = new TestPlatform(home);
        Learner resumed = platform.learning.resume(TestPlatform.profile());
        cycles(resumed, 3);

        try (TestPlatform second = new TestPlatform(other)) {
            Learner whole = second.install(TestPlatform.profile());
            TestPlatform.record(whole, 0, 12);
            cycles(whole, 6);
            assertThat(resumed.adapter().digest()).isEqualTo(whole.adapter().digest());
            assertThat(checkpoint(platform, resumed)).isEqualTo(checkpoint(second, whole));
        }
    }

    private static String checkpoint(TestPlatform platform, Learner learner) {
        return String.valueOf(new CommitStore(platform.store)
                .find(TestPlatform.SKILL, learner.head().id())
                .checkpoint());
    }

    private static void cycles(Learner learner, int count) {
        for (int i = 0; i < count; i++) {
            learner.cycle(Progress.SILENT);
        }
    }

    @Test
    void aDiscardedCycleLeavesAllButTheQueueAsItWas() {
        Learner learner = platform.install(TestPlatform.profile());
        TestPlatform.record(learner, 0, 12);
        cycles(learner, 2);
        Commit head = learner.head();
        String checkpoint = checkpoint(platform, learner);
        for (LearningSettings settings : List.of(strict(5e-3, -0.99), strict(1e300, 0.5))) {
            platform.close();
            platform = new TestPlatform(home);
            learner = platform.learning.resume(TestPlatform.profile("1.0.0", TestPlatform.shipped(1), settings));
            int waiting = learner.buffer().waiting();

            CycleReport report = learner.cycle(Progress.SILENT);

            assertThat(report.outcome()).isEqualTo(CycleReport.Outcome.DISCARDED);
            assertThat(report.reason()).isNotBlank();
            assertThat(learner.head()).isEqualTo(head).isEqualTo(report.commit());
            assertThat(checkpoint(platform, learner)).isEqualTo(checkpoint);
            assertThat(learner.adapter().digest()).isEqualTo(head.adapterDigest());
            assertThat(learner.buffer().waiting()).isEqualTo(waiting - 2);
            AuditEntry entry = platform.store.audit().latest(1).getFirst();
            assertThat(entry.event()).isEqualTo(AuditEvent.CYCLE_DISCARDED);
            assertThat(entry.detail()).isEqualTo(report.reason());
        }
        platform.close();
        platform = new TestPlatform(home);
        Learner again = platform.learning.resume(TestPlatform.profile());
        again.cycle(Progress.SILENT);
        assertThat(again.head().parent()).isEqualTo(head.id());
    }

    @Test
    void theGateGetsEveryTenthOfTheFirstExperiencesAndFewerLater() {
        assertThat(setAside(1, 1000)).isEqualTo(100);
        assertThat(setAside(1281, 5280)).isEqualTo(100);
    }

    private static long setAside(long first, long last) {
        return LongStream.rangeClosed(first, last)
                .filter(number -> Experiences.role(number) == Experiences.Role.VALIDATE)
                .count();
    }

    private static LearningSettings strict(double rate, double tolerance) {
        return new LearningSettings(16, 2, 1, 1, 3, 48, 1, rate, 1, 5e-4, 0.9, 0.5, tolerance, 1);
    }

    @Test
    void rollingBackRestoresAdapterOptimiserImportanceAndDataOrder() {
        Learner learner = platform.install(TestPlatform.profile());
        TestPlatform.record(learner, 0, 12);
        cycles(learner, 2);
        Commit second = learner.head();
        cycles(learner, 1);
        String third = checkpoint(platform, learner);
        int waiting = learner.buffer().waiting();

        platform.activate(platform.learning.prepareRollback(TestPlatform.profile(), second.id()));

        assertThat(learner.head()).isEqualTo(second);
        assertThat(learner.adapter().digest()).isEqualTo(second.adapterDigest());
        assertThat(learner.buffer().waiting()).isEqualTo(waiting + 2);
        cycles(learner, 1); // the same data, optimiser, importance and chance lead to the same state
        assertThat(checkpoint(platform, learner)).isEqualTo(third);
        assertThat(learner.head().parent()).isEqualTo(second.id());
    }

    @Test
    void anUpdateMovesWhatWasLearnedOntoTheNewShippedAdapter() {
        Learner learner = platform.install(TestPlatform.profile());
        TestPlatform.record(learner, 0, 12);
        cycles(learner, 3);
        String learned = learner.adapter().digest();

        platform.install(TestPlatform.profile("1.0.1", TestPlatform.shipped(1), TestPlatform.SETTINGS));
        assertThat(learner.adapter().digest()).as("same shipped adapter").isEqualTo(learned);
        assertThat(learner.head().kind()).isEqualTo(Commit.Kind.INSTALLED);

        float[] moved = TestPlatform.shipped(1).values().toArray(ValueLayout.JAVA_FLOAT);
        for (int i = 0; i < moved.length; i++) {
            moved[i] *= 1.001f;
        }
        MemorySegment segment = Arena.ofAuto().allocateFrom(ValueLayout.JAVA_FLOAT, moved);
        Adapter shipped = TestPlatform.MODEL.adapterOf(TestPlatform.shipped(1).spec(), segment);
        double before = nats(learner);
        platform.install(TestPlatform.profile("1.1.0", shipped, TestPlatform.SETTINGS));

        assertThat(learner.head().kind()).isEqualTo(Commit.Kind.REBASED);
        assertThat(learner.head().skillVersion()).isEqualTo("1.1.0");
        assertThat(learner.adapter().digest()).isNotEqualTo(learned).isNotEqualTo(shipped.digest());
        assertThat(nats(learner)).isBetween(0.97 * before, 1.03 * before);
        cycles(learner, 1);
        assertThat(learner.head().cycle()).isEqualTo(4);
    }

    @Test
    void anUpdateThatRuinsWhatWasLearnedIsRefusedAndChangesNothing() {
        Learner learner = platform.install(TestPlatform.profile());
        TestPlatform.record(learner, 0, 12);
        cycles(learner, 3);
        Commit head = learner.head();
        double[] noise = new Random(5).doubles(learner.adapter().size()).toArray();
        MemorySegment values = Arena.ofAuto().allocate(4L * noise.length, 64);
        for (int i = 0; i < noise.length; i++) {
            values.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) noise[i] - 0.5f);
        }
        Adapter ruinous = TestPlatform.MODEL.adapterOf(TestPlatform.shipped(1).spec(), values);

        assertRefused(() -> platform.learning.prepare(TestPlatform.profile("2.0.0", ruinous, TestPlatform.SETTINGS)));
        assertThat(learner.head()).isEqualTo(head);
    }

    private static void assertRefused(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        LearningException.class,
                        fault -> assertThat(fault.code()).isEqualTo(LearningException.Code.REFUSED));
    }

    @Test
    void learnedStateIsKeptOrDestroyedWithTheSkillAsAsked() {
        Learner learner = platform.install(TestPlatform.profile());
        TestPlatform.record(learner, 0, 12);
        cycles(learner, 2);
        String learned = learner.adapter().digest();

        platform.learning.release(TestPlatform.SKILL, LearnedState.KEEP);
        assertThat(platform.learning.learner(TestPlatform.SKILL)).isEmpty();
        Learner again = platform.install(TestPlatform.profile());
        assertThat(again.adapter().digest()).isEqualTo(learned);
        assertThat(again.log()).hasSize(4);

        platform.learning.release(TestPlatform.SKILL, LearnedState.DESTROY);
        Learner fresh = platform.install(TestPlatform.profile());
        assertThat(fresh.adapter().digest()).isEqualTo(TestPlatform.shipped(1).digest());
        assertThat(fresh.log()).hasSize(1);
        assertThat(fresh.buffer().waiting()).isZero();
    }

    @Test
    void aDamagedCheckpointFallsBackToTheNewestThatCanBeRead() {
        Learner learner = platform.install(TestPlatform.profile());
        TestPlatform.record(learner, 0, 12);
        cycles(learner, 2);
        Commit second = learner.head();
        cycles(learner, 1);
        String damaged = checkpoint(platform, learner).substring("sha256:".length());
        platform.close();
        TestPlatform.write(
                home.resolve("blobs").resolve(damaged.substring(0, 2)).resolve(damaged), "damaged");

        platform = new TestPlatform(home);
        Learner resumed = platform.learning.resume(TestPlatform.profile());

        assertThat(resumed.head()).isEqualTo(second);
        assertThat(resumed.adapter().digest()).isEqualTo(second.adapterDigest());
        assertThat(platform.store.audit().latest(1).getFirst().event()).isEqualTo(AuditEvent.SKILL_ROLLED_BACK);
    }

    @Test
    void oldCommitsLoseTheirTensorsButStayInTheLog() {
        Learner learner = platform.install(TestPlatform.profile());
        TestPlatform.record(learner, 0, 3);
        cycles(learner, CommitStore.NEWEST + 12);

        List<Commit> log = learner.log();

        assertThat(log).hasSize(CommitStore.NEWEST + 13);
        assertThat(log.stream().limit(CommitStore.NEWEST)).allMatch(Commit::restorable);
        assertThat(log.stream().skip(CommitStore.NEWEST).filter(Commit::restorable))
                .extracting(Commit::cycle)
                .containsExactly(10, 0);
        assertThatThrownBy(() -> platform.learning.prepareRollback(
                        TestPlatform.profile(), log.get(CommitStore.NEWEST).id()))
                .isInstanceOf(LearningException.class)
                .hasMessageContaining("restorable");
    }

    @Test
    void theGuardRefusesWhatIsMalformedOrWasRejected() {
        Learner learner = platform.install(TestPlatform.profile());
        List<Experience> malformed = List.of(
                TestPlatform.experience("a", " \n", Verdict.ACCEPTED),
                TestPlatform.experience("a", "b\u0000c", Verdict.ACCEPTED),
                TestPlatform.experience("a", "\u001b[31mred", Verdict.CORRECTED),
                TestPlatform.experience("a", "x".repeat(Guard.LONGEST), Verdict.ACCEPTED));
        for (Experience experience : malformed) {
            assertRefused(() -> learner.record(experience));
        }
        learner.record(TestPlatform.experience("int a = ", "1 + 1;", Verdict.ACCEPTED));
        learner.record(TestPlatform.experience("int a = ", "1 + 1;", Verdict.REJECTED));
        assertThat(learner.buffer().waiting())
                .as("a rejected answer is not learned")
                .isZero();
        assertRefused(() -> learner.record(TestPlatform.experience("int a = ", "1 + 1;", Verdict.ACCEPTED)));
        learner.record(TestPlatform.experience("int a = ", "1 + 1;", Verdict.CORRECTED));

        assertThat(learner.buffer().waiting()).isEqualTo(1);
        assertThat(learner.buffer().refused()).isEqualTo(malformed.size() + 1);
        assertThat(platform.store.audit().latest(1).getFirst().event()).isEqualTo(AuditEvent.EXPERIENCE_REFUSED);
    }

    @Test
    void theGuardRefusesWhatIsUnlikeAllBeforeOnceItKnowsEnough() {
        Learner learner = platform.install(TestPlatform.profile());
        StringBuilder rubbish = new StringBuilder();
        new Random(1).ints(200, 0x3400, 0x4D00).forEach(character -> rubbish.append((char) character));
        Experience strange = TestPlatform.experience("", rubbish.toString(), Verdict.ACCEPTED);
        assertThat(learner.record(strange)).as("too little is known yet").isPositive();
        TestPlatform.record(learner, 0, Guard.FITTED_FROM);

        assertRefused(() ->
                learner.record(TestPlatform.experience("", rubbish.reverse().toString(), Verdict.ACCEPTED)));
        assertThat(learner.record(TestPlatform.line(500))).isPositive();
    }

    @Test
    void withNothingToLearnFromACycleSaysSo() {
        Learner learner = platform.install(TestPlatform.profile());

        assertThatThrownBy(() -> learner.cycle(Progress.SILENT))
                .isInstanceOfSatisfying(
                        LearningException.class,
                        fault -> assertThat(fault.code()).isEqualTo(LearningException.Code.NOTHING_TO_DO));
        assertThatThrownBy(() -> learner.measure(Progress.SILENT)).isInstanceOf(LearningException.class);
    }

    @Test
    void oneLongCallRunsAtATime() {
        Learner learner = platform.install(TestPlatform.profile());
        TestPlatform.record(learner, 0, 3);
        learner.cycle((stage, done, total) -> {
            Thread other = Thread.ofPlatform()
                    .start(() -> assertThatThrownBy(() -> learner.cycle(Progress.SILENT))
                            .isInstanceOfSatisfying(
                                    LearningException.class,
                                    fault -> assertThat(fault.code()).isEqualTo(LearningException.Code.BUSY)));
            try {
                other.join();
            } catch (InterruptedException interrupted) {
                throw new IllegalStateException(interrupted);
            }
        });
        assertThat(learner.head().cycle()).isEqualTo(1);
    }

    @Test
    void aCycleOvertakenByAnUpdateDropsItsResult() {
        Learner learner = platform.install(TestPlatform.profile());
        TestPlatform.record(learner, 0, 3);

        assertThatThrownBy(() -> learner.cycle((stage, done, total) -> {
                    if (stage.equals("validate") && done == 0) {
                        platform.install(TestPlatform.profile("1.0.1", TestPlatform.shipped(1), TestPlatform.SETTINGS));
                    }
                }))
                .isInstanceOfSatisfying(
                        LearningException.class,
                        fault -> assertThat(fault.code()).isEqualTo(LearningException.Code.BUSY));
        assertThat(learner.head().skillVersion()).isEqualTo("1.0.1");
        assertThat(learner.adapter().digest()).isEqualTo(TestPlatform.shipped(1).digest());
        cycles(learner, 1);
        assertThat(learner.head().cycle()).isEqualTo(1);
    }
}
