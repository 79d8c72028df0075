package dev.apprentice.learning.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.apprentice.learning.CycleReport;
import dev.apprentice.learning.Experience;
import dev.apprentice.learning.Learned;
import dev.apprentice.learning.Learner;
import dev.apprentice.learning.LearningSettings;
import dev.apprentice.learning.Memory;
import dev.apprentice.learning.Progress;
import dev.apprentice.model.Recall;
import dev.apprentice.model.TrainingSample;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MemoryTest {
    private static final Experience LATE =
            TestPlatform.experience("// later\n", "abandonShip(everybody, now);\n", Experience.Verdict.ACCEPTED);
    private static final Experience SECRET =
            TestPlatform.experience("// rules\n", "secretSauce(ketchup, mustard);\n", Experience.Verdict.ACCEPTED);

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

    private static TrainingSample sample(Experience experience) {
        return new Samples(TestPlatform.MODEL.tokenizer(), 48).of(experience);
    }

    /** Nats of a text under the learner's adapter, with a memory beside it. */
    private static double nats(Experience text, Learned learned, Memory memory) {
        TrainingSample sample = sample(text);
        return TestPlatform.MODEL
                .score(sample.tokens(), sample.from(), learned.adapter(), memory.recall())
                .meanNats();
    }

    private static boolean recalls(Learner learner, Experience text) {
        int[] tokens = sample(text).tokens();
        Recall recall = learner.learned().memory().recall();
        recall.read(Arrays.copyOf(tokens, tokens.length - 1));
        return recall.next(new float[0], 0.5)
                .filter(foretold ->
                        Arrays.stream(foretold.tokens()).anyMatch(token -> token == tokens[tokens.length - 1]))
                .isPresent();
    }

    /** The fraction of a text's tokens that are likeliest to be recalled from the state before them: of words one alone is too few. */
    private static double recalledByStates(Learner learner, Experience text) {
        TrainingSample sample = sample(text);
        int[] tokens = sample.tokens();
        int right = 0;
        for (int i = sample.from(); i < tokens.length; i++) {
            Recall recall = learner.learned().memory().recall();
            recall.read(tokens[i - 1]);
            float[] state = TestPlatform.MODEL.states(Arrays.copyOf(tokens, i + 1), i);
            int token = tokens[i];
            right += recall.next(state, 0.5)
                            .filter(foretold -> likeliest(foretold) == token)
                            .isPresent()
                    ? 1
                    : 0;
        }
        return (double) right / (tokens.length - sample.from());
    }

    private static int likeliest(Recall.Foretold foretold) {
        int best = 0;
        for (int i = 1; i < foretold.shares().length; i++) {
            best = foretold.shares()[i] > foretold.shares()[best] ? i : best;
        }
        return foretold.tokens()[best];
    }

    @Test
    void whatTheModelHasReadIsRecalledByItsStates() {
        Learner learner = platform.install(TestPlatform.profile());
        TestPlatform.record(learner, 0, 3);
        learner.cycle(Progress.SILENT);
        String before = learner.head().id();
        learner.record(LATE);
        assertThat(recalledByStates(learner, LATE)).isLessThan(0.5);

        learner.cycle(Progress.SILENT);
        assertThat(recalledByStates(learner, LATE)).isGreaterThan(0.9);
        platform.close();
        platform = new TestPlatform(home);
        learner = platform.learning.resume(TestPlatform.profile());
        assertThat(recalledByStates(learner, LATE)).isGreaterThan(0.9);

        learner = platform.activate(platform.learning.prepareRollback(TestPlatform.profile(), before));
        assertThat(recalledByStates(learner, LATE)).isLessThan(0.5);
        assertThat(recalledByStates(learner, TestPlatform.line(1))).isGreaterThan(0.9);
    }

    @Test
    void theStatesOfARejectedTextAreForgottenAtOnce() {
        Learner learner = platform.install(TestPlatform.profile());
        TestPlatform.record(learner, 0, 2);
        learner.record(SECRET);
        learner.cycle(Progress.SILENT);
        assertThat(recalledByStates(learner, SECRET)).isGreaterThan(0.9);

        reject(learner, SECRET);

        assertThat(recalledByStates(learner, SECRET)).isLessThan(0.5);
        assertThat(recalledByStates(learner, TestPlatform.line(1))).isGreaterThan(0.9);
    }

    @Test
    void aCycleReadsAsManyTextsAsItIsTold() {
        Learner learner = platform.install(TestPlatform.profile());
        TestPlatform.record(learner, 0, 8);
        StoredCommit before = head();
        for (long cycle = 1; cycle <= 3; cycle++) {
            learner.cycle(Progress.SILENT);
            StoredCommit after = head();
            long read = platform.tools
                    .store()
                    .read(connection ->
                            Sql.number(connection, "SELECT count(*) FROM experience WHERE keys IS NOT NULL"));
            assertThat(read).isEqualTo(Math.min(3 * cycle, 8));
            assertThat(after.reach().states()).isGreaterThan(before.reach().states());
            before = after;
        }
        assertThat(before.reach().states()).isEqualTo(before.reach().words());
    }

    @Test
    void afterARefusedCycleNothingNewIsRead() {
        Learner learner = platform.install(TestPlatform.profile());
        TestPlatform.record(learner, 0, 12);
        learner.cycle(Progress.SILENT);
        Reach before = head().reach();
        LearningSettings strict = new LearningSettings(16, 2, 1, 1, 3, 48, 1, 5e-3, 1.0, 5e-4, 0.9, 0.5, -0.99, 1);
        learner = resume(strict);
        assertThat(learner.cycle(Progress.SILENT).outcome()).isEqualTo(CycleReport.Outcome.DISCARDED);
        learner = resume(TestPlatform.SETTINGS);

        assertThat(learner.cycle(Progress.SILENT).outcome()).isEqualTo(CycleReport.Outcome.COMMITTED);
        assertThat(head().reach()).isEqualTo(before.relying(head().reach().reliance()));
        learner.cycle(Progress.SILENT);
        assertThat(head().reach().states()).isGreaterThan(before.states());
    }

    private Learner resume(LearningSettings settings) {
        platform.close();
        platform = new TestPlatform(home);
        return platform.learning.resume(TestPlatform.profile("1.0.0", TestPlatform.shipped(1), settings));
    }

    private static void reject(Learner learner, Experience text) {
        learner.record(TestPlatform.experience(text.prompt(), text.answer(), Experience.Verdict.REJECTED));
    }

    private StoredCommit head() {
        return new CommitStore(platform.tools.store()).log(TestPlatform.SKILL).getFirst();
    }

    @Test
    void whatWasReadIsRecalledFromTheNextCommitOn() {
        Learner learner = platform.install(TestPlatform.profile());
        TestPlatform.record(learner, 0, 8);
        assertThat(recalls(learner, TestPlatform.line(5))).isFalse();

        learner.cycle(Progress.SILENT); // trains on two of them only

        assertThat(recalls(learner, TestPlatform.line(5))).isTrue();
        Learned learned = learner.learned();
        assertThat(nats(TestPlatform.line(99), learned, learned.memory()))
                .isLessThan(0.7 * nats(TestPlatform.line(99), learned, Memory.EMPTY));
    }

    @Test
    void rollingBackForgetsWhatWasReadSince() {
        Learner learner = platform.install(TestPlatform.profile());
        TestPlatform.record(learner, 0, 4);
        learner.cycle(Progress.SILENT);
        String before = learner.head().id();
        learner.record(LATE);
        learner.cycle(Progress.SILENT);
        assertThat(recalls(learner, LATE)).isTrue();

        learner = platform.activate(platform.learning.prepareRollback(TestPlatform.profile(), before));

        assertThat(recalls(learner, LATE)).isFalse();
        assertThat(recalls(learner, TestPlatform.line(1))).isTrue();
    }

    @Test
    void survivesARestartAndForgetsARejectedTextAtOnce() {
        Learner learner = platform.install(TestPlatform.profile());
        learner.record(SECRET);
        TestPlatform.record(learner, 0, 3);
        learner.cycle(Progress.SILENT);
        platform.close();
        platform = new TestPlatform(home);
        learner = platform.learning.resume(TestPlatform.profile());
        assertThat(recalls(learner, SECRET)).isTrue();

        reject(learner, SECRET);

        assertThat(recalls(learner, SECRET)).isFalse();
        assertThat(recalls(learner, TestPlatform.line(1))).isTrue();
    }

    @Test
    void learnsHowMuchRecallIsWorthAndRollsThatBackToo() {
        Learner learner = platform.install(TestPlatform.profile());
        TestPlatform.record(learner, 0, 20); // of which the gate keeps two
        learner.cycle(Progress.SILENT);
        assertThat(head().reach().reliance()).isZero(); // nothing had been recalled
        String before = learner.head().id();
        learner.cycle(Progress.SILENT);
        double once = head().reach().reliance();
        assertThat(once).isPositive();
        learner.cycle(Progress.SILENT);
        assertThat(head().reach().reliance()).isGreaterThan(once);

        learner = platform.activate(platform.learning.prepareRollback(TestPlatform.profile(), before));
        learner.cycle(Progress.SILENT);
        assertThat(head().reach().reliance()).isBetween(once / 2, once * 1.5);
    }

    @Test
    void aSkillMayDoWithout() {
        LearningSettings silent = new LearningSettings(16, 2, 1, 1, 3, 48, 1, 5e-3, 1.0, 5e-4, 0.9, 0.5, 0.5, 0);
        Learner learner = platform.install(TestPlatform.profile("1.0.0", TestPlatform.shipped(1), silent));
        TestPlatform.record(learner, 0, 4);
        learner.cycle(Progress.SILENT);

        assertThat(learner.learned().memory()).isSameAs(Memory.EMPTY);
    }
}
