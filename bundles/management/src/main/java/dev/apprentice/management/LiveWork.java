package dev.apprentice.management;

import dev.apprentice.http.EventStream;
import dev.apprentice.learning.LearningException;
import dev.apprentice.model.ModelException;
import java.util.Locale;
import java.util.function.Supplier;

/** The end of long work as a server-sent event: {@code result}, or {@code error} with a code and what to do. */
public final class LiveWork {
    private LiveWork() {}

    /** @param what names the work in the log if it fails unforeseen */
    public static void run(EventStream events, String what, Supplier<Object> work) {
        try {
            events.send("result", work.get());
        } catch (LearningException e) {
            events.send("error", Failure.of(e.code(), e));
        } catch (ModelException e) {
            events.send("error", Failure.of(e.code(), e));
        } catch (RuntimeException e) {
            System.getLogger(LiveWork.class.getName()).log(System.Logger.Level.ERROR, what + " failed", e);
            events.send("error", new Failure("internal", "The work failed: the server's log says why"));
        }
    }

    private record Failure(String code, String message) {
        static Failure of(Enum<?> code, RuntimeException cause) {
            return new Failure(code.name().toLowerCase(Locale.ROOT), String.valueOf(cause.getMessage()));
        }
    }
}
