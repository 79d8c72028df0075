package dev.apprentice.learning.internal;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * Prioritised replay (arXiv 1511.05952) of a fixed number of experiences: pᵢ = nats + ε, P(i) = pᵢ^α / Σ p^α. The rows live in SQLite,
 * the sum tree over them in memory.
 *
 * <p>High nats mark what is not yet known, but poison as well: a priority is capped at twice the median, so that nothing is replayed
 * much more often than the usual. A full buffer lets go of what is known best.
 */
final class ReplayBuffer {
    static final double ALPHA = 0.6;
    static final double EPSILON = 0.01; // nats
    static final double CAP = 2; // medians
    /** Below so many experiences their median says too little to cap by. */
    static final int CAP_FROM = 8;

    private final String skill;
    private final long[] ids; // by slot; 0 is free
    private final double[] priorities; // by slot
    private final SumTree tree; // of priority^α, by slot
    private final Map<Long, Integer> slots = new HashMap<>();

    private ReplayBuffer(String skill, int capacity) {
        this.skill = skill;
        this.ids = new long[capacity];
        this.priorities = new double[capacity];
        this.tree = new SumTree(capacity);
    }

    /** One draw, and the weight that corrects for how likely it was. */
    record Drawn(long id, double weight) {}

    /** Reads the buffer; experiences beyond a capacity that has shrunk stay out. */
    static ReplayBuffer load(Connection connection, String skill, int capacity) throws SQLException {
        ReplayBuffer buffer = new ReplayBuffer(skill, capacity);
        Sql.list(
                connection,
                "SELECT slot, id, priority FROM experience WHERE skill = ? AND slot < ? ORDER BY slot",
                row -> {
                    buffer.place(row.getInt(1), row.getLong(2), row.getDouble(3));
                    return row;
                },
                skill,
                capacity);
        return buffer;
    }

    int size() {
        return slots.size();
    }

    /**
     * Draws up to {@code count} different experiences, one from each of {@code count} equal parts of the cumulative priority, with
     * weights (N · P(i))^−β / max.
     */
    List<Drawn> sample(int count, double beta, RandomGenerator random) {
        if (slots.isEmpty()) {
            return List.of();
        }
        Map<Long, Double> drawn = new LinkedHashMap<>();
        double part = tree.total() / count;
        for (int i = 0; i < count; i++) {
            int slot = tree.find((i + random.nextDouble()) * part);
            drawn.put(ids[slot], Math.pow(size() * probability(slot), -beta));
        }
        double largest =
                drawn.values().stream().mapToDouble(Double::doubleValue).max().orElse(1);
        List<Drawn> draws = new ArrayList<>();
        drawn.forEach((id, weight) -> draws.add(new Drawn(id, weight / largest)));
        return draws;
    }

    private double probability(int slot) {
        return tree.get(slot) / tree.total();
    }

    /** P(i) of an experience; 0 if it is not here. */
    double probabilityOf(long id) {
        Integer slot = slots.get(id);
        return slot == null ? 0 : probability(slot);
    }

    /** Puts an experience in, or changes its priority if it is here; in a transaction. */
    void put(Connection connection, long id, double nats) throws SQLException {
        Integer known = slots.get(id);
        int slot = known == null ? freeSlot(connection) : known;
        place(slot, id, Math.min(Double.isFinite(nats) ? nats : 0, cap()) + EPSILON);
        Sql.update(
                connection,
                "UPDATE experience SET slot = ?, priority = ?, nats = ? WHERE id = ?",
                slot,
                priorities[slot],
                nats,
                id);
    }

    private void place(int slot, long id, double priority) {
        ids[slot] = id;
        priorities[slot] = priority;
        slots.put(id, slot);
        tree.set(slot, Math.pow(priority, ALPHA));
    }

    private double cap() {
        if (size() < CAP_FROM) {
            return Double.MAX_VALUE;
        }
        double[] sorted = slots.values().stream()
                .mapToDouble(slot -> priorities[slot])
                .sorted()
                .toArray();
        return CAP * sorted[sorted.length / 2];
    }

    private int freeSlot(Connection connection) throws SQLException {
        for (int slot = 0; slot < ids.length && size() < ids.length; slot++) {
            if (ids[slot] == 0) {
                return slot;
            }
        }
        int evicted = 0;
        for (int slot = 1; slot < ids.length; slot++) {
            boolean lower = priorities[slot] < priorities[evicted];
            boolean older = priorities[slot] == priorities[evicted] && ids[slot] < ids[evicted];
            evicted = lower || older ? slot : evicted;
        }
        Sql.update(connection, "DELETE FROM experience WHERE id = ? AND skill = ?", ids[evicted], skill);
        slots.remove(ids[evicted]);
        return evicted;
    }
}
