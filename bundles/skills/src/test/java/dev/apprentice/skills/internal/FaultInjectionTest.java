package dev.apprentice.skills.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.apprentice.skills.ServingSkill;
import dev.apprentice.skills.SkillException;
import dev.apprentice.store.AuditLog;
import dev.apprentice.store.Blobs;
import dev.apprentice.store.Store;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lets each call that a change makes to store and learning fail in turn: the shelf is as before, or as after. */
class FaultInjectionTest {
    private static final int MORE_CALLS_THAN_ANY_CHANGE = 200;

    private final AtomicInteger left = new AtomicInteger(Integer.MAX_VALUE);

    @TempDir
    Path home;

    @Test
    void everyFailureOfAnUpdateLeavesTheShelfWhole() throws Exception {
        var first = TestShelf.signed(new SkillJar("1.0.0"));
        var second = TestShelf.signed(new SkillJar("1.1.0"));
        try (TestShelf shelf = new TestShelf(home, learning -> faulty(learning), store -> faulty(store))) {
            shelf.skills.install(first);
            int faults = failInTurn(shelf, "1.0.0", () -> shelf.skills.install(second));
            assertThat(faults).isGreaterThan(10);
            assertThat(shelf.skills.find("test").orElseThrow().version()).isEqualTo("1.1.0");
            faults = failInTurn(shelf, "1.1.0", () -> shelf.skills.rollBackToVersion("test", "1.0.0"));
            assertThat(faults).isGreaterThan(5);
            assertThat(shelf.skills.find("test").orElseThrow().version()).isEqualTo("1.0.0");
            shelf.store.audit().verify();
        }
    }

    /** Repeats a change with a fault one call later each time, until it has happened; returns how many faults it took. */
    private int failInTurn(TestShelf shelf, String before, Supplier<?> change) {
        for (int call = 0; call < MORE_CALLS_THAN_ANY_CHANGE; call++) {
            left.set(call);
            try {
                assertThat(change.get()).isNotNull();
                return call;
            } catch (SkillException refusal) {
                assertThat(refusal.code()).as("call %d", call).isEqualTo(SkillException.Code.FAILED);
            } finally {
                left.set(Integer.MAX_VALUE);
            }
            String version = shelf.skills.find("test").orElseThrow().version();
            ServingSkill serving = shelf.skills.serving("test").orElseThrow();
            assertThat(serving.version())
                    .as("serves what is installed, call %d", call)
                    .isEqualTo(version);
            assertThat(shelf.bundles())
                    .as("call %d", call)
                    .contains("skill:test:"
                            + shelf.skills.find("test").orElseThrow().jarDigest());
            if (!version.equals(before)) {
                return call;
            }
            assertThat(shelf.bundles()).as("call %d", call).hasSize(1);
        }
        throw new AssertionError("The change does not end");
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
