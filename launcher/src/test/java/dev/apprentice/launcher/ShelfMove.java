package dev.apprentice.launcher;

import dev.apprentice.launcher.client.ApiClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * One change of the shelf that is possible where it stands.
 *
 * @param kind what it is, whatever the skill
 * @param reached whether a skill, or null for none, is as this change leaves it
 */
record ShelfMove(String kind, String name, String skill, Action action, Predicate<Shelf.Skill> reached) {
    private static final String LEARNED = InterruptibleWork.SKILL;
    private static final String SECOND = "template";

    /** What asks the platform for the change. */
    @FunctionalInterface
    interface Action {
        void run(ApiClient client, TestPublisher publisher) throws IOException;
    }

    /** One of the changes that are possible now, each kind as likely as any other. */
    static ShelfMove choose(Shelf shelf, Random random) {
        List<ShelfMove> moves = possible(shelf, random);
        List<String> kinds = moves.stream().map(ShelfMove::kind).distinct().toList();
        String kind = kinds.get(random.nextInt(kinds.size()));
        List<ShelfMove> some =
                moves.stream().filter(move -> move.kind().equals(kind)).toList();
        return some.get(random.nextInt(some.size()));
    }

    private static List<ShelfMove> possible(Shelf shelf, Random random) {
        List<ShelfMove> moves = new ArrayList<>();
        Shelf.Skill learned = shelf.skill(LEARNED);
        if (learned == null) {
            moves.add(install(LEARNED, "1.1.0"));
        } else {
            moves.add(remove(LEARNED, "keep"));
            moves.add(rollBack(learned, random.nextInt(learned.history().size())));
            moves.add(rollBack(learned, learned.history().size() - 1)); // to 1.0.0, which can be updated
            if (learned.version().equals("1.0.0")) {
                moves.add(update(learned));
            }
        }
        moves.add(
                shelf.skill(SECOND) == null
                        ? install(SECOND, "1.0.0")
                        : remove(SECOND, random.nextBoolean() ? "keep" : "destroy"));
        return moves;
    }

    private static ShelfMove install(String id, String version) {
        return new ShelfMove(
                "install",
                "install " + id + " " + version,
                id,
                (client, publisher) -> publisher.install(client, id, version),
                skill -> skill != null && skill.version().equals(version));
    }

    private static ShelfMove update(Shelf.Skill before) {
        return new ShelfMove(
                "update",
                "update",
                LEARNED,
                (client, publisher) -> publisher.install(client, LEARNED, "1.1.0"),
                skill -> skill != null
                        && skill.version().equals("1.1.0")
                        && skill.history().containsAll(before.history()));
    }

    private static ShelfMove rollBack(Shelf.Skill before, int index) {
        String commit = before.history().get(index);
        return new ShelfMove(
                "roll back",
                "roll back",
                LEARNED,
                (client, publisher) -> client.post("/api/skills/" + LEARNED + "/rollback", Map.of("commit", commit)),
                skill -> skill != null
                        && skill.head().equals(commit)
                        && skill.history().equals(before.history()));
    }

    private static ShelfMove remove(String id, String learned) {
        return new ShelfMove(
                "remove",
                "remove " + id + " and " + learned,
                id,
                (client, publisher) -> client.delete("/api/skills/" + id + "?learned=" + learned),
                Objects::isNull);
    }

    void run(ApiClient client, TestPublisher publisher) {
        try {
            action.run(client, publisher);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether the change has happened whole, and to its own skill alone. */
    boolean reached(Shelf before, Shelf after) {
        Map<String, Shelf.Skill> othersBefore = new TreeMap<>(before.skills());
        Map<String, Shelf.Skill> othersAfter = new TreeMap<>(after.skills());
        othersBefore.remove(skill);
        othersAfter.remove(skill);
        return othersBefore.equals(othersAfter) && reached.test(after.skill(skill));
    }
}
