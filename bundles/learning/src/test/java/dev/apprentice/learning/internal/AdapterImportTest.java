package dev.apprentice.learning.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.apprentice.learning.Commit;
import dev.apprentice.learning.CycleReport;
import dev.apprentice.learning.Learner;
import dev.apprentice.learning.LearningException;
import dev.apprentice.learning.Progress;
import dev.apprentice.model.Adapter;
import dev.apprentice.model.AdapterSpec;
import dev.apprentice.store.AuditEvent;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdapterImportTest {
    @TempDir
    Path home;

    private TestPlatform platform;
    private Learner learner;

    @BeforeEach
    void open() {
        platform = new TestPlatform(home);
        learner = platform.install(TestPlatform.profile());
        // learning these costs the publisher's texts 0.3 %; others cost them about the 2 % that the gate allows, and
        // rounding decides
        TestPlatform.record(learner, 12, 24);
    }

    @AfterEach
    void close() {
        platform.close();
    }

    private Adapter learned() {
        for (int i = 0; i < 4; i++) {
            assertThat(learner.cycle(Progress.SILENT).outcome()).isEqualTo(CycleReport.Outcome.COMMITTED);
        }
        return learner.adapter();
    }

    private AuditEvent lastEvent() {
        return platform.store.audit().latest(1).getFirst().event();
    }

    @Test
    void anAdapterLearnedElsewhereBecomesACommitThatLearningGoesOnFrom() {
        Adapter learned = learned();
        String first = learner.log().getLast().id();
        learner = platform.activate(platform.learning.prepareRollback(TestPlatform.profile(), first));

        Commit imported = learner.take(learned, Progress.SILENT);

        assertThat(learner.head()).isEqualTo(imported);
        assertThat(imported.kind()).isEqualTo(Commit.Kind.IMPORTED);
        assertThat(imported.parent()).isEqualTo(first);
        assertThat(learner.adapter().digest()).isEqualTo(learned.digest());
        assertThat(imported.validation()).isNotNull();
        assertThat(lastEvent()).isEqualTo(AuditEvent.ADAPTER_IMPORTED);
        platform.close();
        platform = new TestPlatform(home);
        learner = platform.learning.resume(TestPlatform.profile());
        assertThat(learner.head()).isEqualTo(imported);
        assertThat(learner.cycle(Progress.SILENT).commit().parent()).isEqualTo(imported.id());
        learner = platform.activate(platform.learning.prepareRollback(TestPlatform.profile(), first));
        assertThat(learner.head().id()).isEqualTo(first);
        platform.store.audit().verify();
    }

    @Test
    void anAdapterThatMakesTextsWorseIsRefused() {
        Commit head = learner.head();
        Adapter shipped = learner.adapter();
        float[] noise = new float[Math.toIntExact(shipped.size())];
        for (int i = 0; i < noise.length; i++) {
            noise[i] = (i * 7919L % 1000) / 500f - 1;
        }
        Adapter bad = TestPlatform.MODEL.adapterOf(shipped.spec(), MemorySegment.ofArray(noise));

        assertThatThrownBy(() -> learner.take(bad, Progress.SILENT))
                .isInstanceOf(LearningException.class)
                .hasMessageContaining("the loss rose");

        assertThat(learner.head()).isEqualTo(head);
        assertThat(learner.adapter()).isEqualTo(shipped);
        assertThat(lastEvent()).isEqualTo(AuditEvent.ADAPTER_REFUSED);
    }

    @Test
    void anAdapterOfAnotherShapeIsRefused() {
        Adapter wide = TestPlatform.MODEL.freshAdapter(new AdapterSpec(4, 8, List.of("q_proj")), 1);
        assertThatThrownBy(() -> learner.take(wide, Progress.SILENT))
                .isInstanceOf(LearningException.class)
                .hasMessageContaining("q_proj")
                .hasMessageContaining("down_proj");
    }
}
