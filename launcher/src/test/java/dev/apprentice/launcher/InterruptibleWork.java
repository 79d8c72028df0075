package dev.apprentice.launcher;

import dev.apprentice.launcher.client.ApiClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The changes of state that a kill interrupts, each with how to tell that it has happened whole. */
enum InterruptibleWork {
    /** Installs a second skill. */
    INSTALL(1200) {
        @Override
        void run(ApiClient client, TestPublisher publisher, Shelf before, List<String> commits) {
            install(client, publisher, "template", "1.0.0");
        }

        @Override
        boolean reached(Shelf before, Shelf after) {
            return after.skill("template") != null
                    && after.skills().size() == before.skills().size() + 1;
        }
    },
    /** Runs two cycles; each commit is acknowledged as it comes. */
    CYCLE(2500) {
        @Override
        void run(ApiClient client, TestPublisher publisher, Shelf before, List<String> commits) {
            client.work("/api/skills/" + SKILL + "/cycle", Map.of("count", 2), (event, data) -> {
                if (event.equals("cycle")) {
                    commits.add(data.path("commit").path("id").asString());
                }
            });
        }

        @Override
        boolean reached(Shelf before, Shelf after) {
            Shelf.Skill old = serving(before);
            Shelf.Skill now = serving(after);
            int added = now.history().size() - old.history().size();
            // a cycle that the gate discards leaves the head where it was
            return now.jarDigest().equals(old.jarDigest())
                    && added >= 0
                    && now.history().subList(added, now.history().size()).equals(old.history())
                    && (added == 0
                            ? now.head().equals(old.head())
                            : now.head().equals(now.history().getFirst()));
        }
    },
    /** Updates the skill that has learned. */
    UPDATE(1500) {
        @Override
        void run(ApiClient client, TestPublisher publisher, Shelf before, List<String> commits) {
            install(client, publisher, SKILL, "1.1.0");
        }

        @Override
        boolean reached(Shelf before, Shelf after) {
            return serving(after).version().equals("1.1.0")
                    && serving(after).history().containsAll(serving(before).history());
        }
    },
    /** Goes back to the first commit. */
    ROLLBACK(400) {
        @Override
        void run(ApiClient client, TestPublisher publisher, Shelf before, List<String> commits) {
            client.post(
                    "/api/skills/" + SKILL + "/rollback",
                    Map.of("commit", serving(before).history().getLast()));
        }

        @Override
        boolean reached(Shelf before, Shelf after) {
            return serving(after).head().equals(serving(before).history().getLast())
                    && serving(after).history().equals(serving(before).history());
        }
    },
    /** Removes the skill but keeps what it learned. */
    REMOVE(300) {
        @Override
        void run(ApiClient client, TestPublisher publisher, Shelf before, List<String> commits) {
            client.delete("/api/skills/" + SKILL + "?learned=keep");
        }

        @Override
        boolean reached(Shelf before, Shelf after) {
            return after.skill(SKILL) == null
                    && after.skills().size() == before.skills().size() - 1;
        }
    };

    static final String SKILL = "java-completion";

    private final long spanMillis;

    InterruptibleWork(long spanMillis) {
        this.spanMillis = spanMillis;
    }

    /** The kill comes within this time of the start: somewhat longer than the work takes. */
    long spanMillis() {
        return spanMillis;
    }

    abstract void run(ApiClient client, TestPublisher publisher, Shelf before, List<String> commits);

    /** Whether a state is the one that the whole work leads to. */
    abstract boolean reached(Shelf before, Shelf after);

    private static Shelf.Skill serving(Shelf shelf) {
        return Objects.requireNonNull(shelf.skill(SKILL), () -> SKILL + " is not on the shelf");
    }

    private static void install(ApiClient client, TestPublisher publisher, String id, String version) {
        try {
            publisher.install(client, id, version);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
