package dev.apprentice.learning.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.apprentice.learning.Experience;
import dev.apprentice.store.internal.StoreComponent;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplayBufferTest {
    private static final String SKILL = "skill";

    @TempDir
    Path home;

    private StoreComponent store;

    @BeforeEach
    void open() {
        store = StoreComponent.open(home);
        store.migrate(Schema.ROOM, Schema.STATEMENTS);
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void drawsByPriorityAndCorrectsForIt() {
        ReplayBuffer buffer = filled(10, 1, 2, 4);
        double[] weights = new double[3];
        double sum = 0;
        for (int i = 0; i < 3; i++) {
            weights[i] = Math.pow(Math.pow(2, i) + ReplayBuffer.EPSILON, ReplayBuffer.ALPHA);
            sum += weights[i];
        }
        Map<Long, Integer> counts = new HashMap<>();
        SplittableRandom random = new SplittableRandom(7);
        for (int i = 0; i < 20_000; i++) {
            buffer.sample(1, 1, random).forEach(draw -> counts.merge(draw.id(), 1, Integer::sum));
        }
        for (int i = 0; i < 3; i++) {
            assertThat(buffer.probabilityOf(i + 1)).isCloseTo(weights[i] / sum, within(1e-12));
            assertThat(counts.getOrDefault(i + 1L, 0) / 20_000.0).isCloseTo(weights[i] / sum, within(0.02));
        }
        // the least likely of a draw has weight 1, the others N·P relative to it
        Map<Long, Double> corrections = new HashMap<>();
        buffer.sample(3, 1, random).forEach(draw -> corrections.put(draw.id(), draw.weight()));
        assertThat(corrections.values()).contains(1.0).allMatch(weight -> weight > 0 && weight <= 1);
    }

    @Test
    void oneStrangeExperienceCannotDominate() {
        ReplayBuffer buffer = filled(16, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1000);

        double usual = Math.pow(2 + ReplayBuffer.EPSILON, ReplayBuffer.ALPHA);
        double capped =
                Math.pow(ReplayBuffer.CAP * (2 + ReplayBuffer.EPSILON) + ReplayBuffer.EPSILON, ReplayBuffer.ALPHA);
        assertThat(buffer.probabilityOf(10)).isCloseTo(capped / (9 * usual + capped), within(1e-9));
    }

    @Test
    void aFullBufferLetsGoOfWhatIsKnownBest() {
        ReplayBuffer buffer = filled(3, 3, 1, 2, 4);

        assertThat(buffer.size()).isEqualTo(3);
        assertThat(buffer.probabilityOf(2)).isZero();
        long rows = store.read(connection -> Sql.number(connection, "SELECT count(*) FROM experience"));
        assertThat(rows).isEqualTo(3);
    }

    @Test
    void aReloadedBufferDrawsTheSame() {
        ReplayBuffer buffer = filled(4, 3, 1, 2, 4, 0.5, 6);
        ReplayBuffer again = load(4);

        assertThat(again.sample(3, 0.7, new SplittableRandom(1)))
                .isEqualTo(buffer.sample(3, 0.7, new SplittableRandom(1)))
                .isNotEmpty();
    }

    @Test
    void anEmptyBufferDrawsNothing() {
        assertThat(load(4).sample(3, 1, new SplittableRandom(1))).isEqualTo(List.of());
    }

    private ReplayBuffer filled(int capacity, double... nats) {
        ReplayBuffer buffer = load(capacity);
        Experiences experiences = new Experiences(store, SKILL);
        store.inTransaction(connection -> {
            for (int i = 0; i < nats.length; i++) {
                Experience experience = TestPlatform.line(i);
                long id = experiences.add(connection, experience, null).orElseThrow();
                buffer.put(connection, id, nats[i]);
            }
            return nats;
        });
        return buffer;
    }

    private ReplayBuffer load(int capacity) {
        return store.read(connection -> ReplayBuffer.load(connection, SKILL, capacity));
    }
}
