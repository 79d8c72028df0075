package dev.apprentice.skills.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.apprentice.learning.Learning.LearnedState;
import dev.apprentice.skills.InstalledSkill;
import dev.apprentice.skills.ServingSkill;
import dev.apprentice.skills.SkillException;
import dev.apprentice.store.AuditLog;
import dev.apprentice.store.Blobs;
import dev.apprentice.store.Store;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lets each call that a change makes to store and learning fail in turn: the shelf is as before, or as after. */
class FaultInjectionTest {
    private static final int MORE_CALLS_THAN_ANY_CHANGE = 200;

    private final AtomicInteger left = new AtomicInteger(Integer.MAX_VALUE);

    @TempDir
    Path home;

    @Test
    void everyFailureOfAChangeLeavesTheShelfWhole() throws Exception {
        var first = TestShelf.signed(new SkillJar("1.0.0"));
        var second = TestShelf.signed(new SkillJar("1.1.0"));
        try (TestShelf shelf = new TestShelf(home, learning -> faulty(learning), store -> faulty(store))) {
            Runnable install = () -> shelf.skills.install(first);
            Runnable update = () -> shelf.skills.install(second);
            Runnable rollback = () -> shelf.skills.rollBackToVersion("test", "1.0.0");
            Runnable remove = () -> shelf.skills.remove("test", LearnedState.DESTROY);
            assertThat(failInTurn(shelf, install, remove)).isGreaterThan(10);
            assertThat(version(shelf)).contains("1.0.0");
            assertThat(failInTurn(shelf, update, rollback)).isGreaterThan(10);
            assertThat(version(shelf)).contains("1.1.0");
            assertThat(failInTurn(shelf, rollback, update)).isGreaterThan(5);
            assertThat(version(shelf)).contains("1.0.0");
            assertThat(failInTurn(shelf, remove, install)).isGreaterThan(5);
            assertThat(version(shelf)).isEmpty();
            shelf.store.audit().verify();
        }
    }

    /**
     * Repeats a change with a fault one call later each time, until it meets none; returns how many faults it took.
     *
     * @param undo takes back a change that was made in spite of its fault
     */
    private int failInTurn(TestShelf shelf, Runnable change, Runnable undo) {
        Optional<String> before = version(shelf);
        for (int call = 0; call < MORE_CALLS_THAN_ANY_CHANGE; call++) {
            left.set(call);
            try {
                change.run();
                if (left.get() >= 0) {
                    return call;
                }
            } catch (SkillException refusal) {
                assertThat(refusal.code()).as("call %d", call).isEqualTo(SkillException.Code.FAILED);
            } finally {
                left.set(Integer.MAX_VALUE);
            }
            requireWhole(shelf, call);
            if (!version(shelf).equals(before)) {
                undo.run();
            }
        }
        throw new AssertionError("The change does not end");
    }

    /** What is installed serves, and nothing else is in the framework. */
    private static void requireWhole(TestShelf shelf, int call) {
        assertThat(shelf.skills.serving("test").map(ServingSkill::version))
                .as("serves what is installed, call %d", call)
                .isEqualTo(version(shelf));
        assertThat(shelf.bundles())
                .as("call %d", call)
                .isEqualTo(shelf.skills.list().stream()
                        .map(skill -> "skill:test:" + skill.jarDigest())
                        .toList());
    }

    private static Optional<String> version(TestShelf shelf) {
        return shelf.skills.find("test").map(InstalledSkill::version);
    }

    /** The same, with what it hands out, but for the call at which the count runs out. */
    @SuppressWarnings("unchecked")
    private <T> T faulty(T whole) {
        return (T) Proxy.newProxyInstance(
                FaultInjectionTest.class.getClassLoader(),
                whole.getClass().getInterfaces(),
                (proxy, method, arguments) -> {
                    if (left.getAndDecrement() == 0) {
                        throw new IllegalStateException("injected into " + method.getName());
                    }
                    try {
                        Object result = method.invoke(whole, arguments);
                        return result instanceof Blobs || result instanceof AuditLog || result instanceof Store
                                ? faulty(result)
                                : result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
