package dev.apprentice.llm.internal.jinja;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The names of a loop or macro, over those around it; what is set inside is forgotten after it. */
record Scope(@Nullable Scope outer, Map<String, Object> names) {
    static Scope of(Map<String, Object> names) {
        return new Scope(null, new HashMap<>(names));
    }

    Scope inner() {
        return new Scope(this, new HashMap<>());
    }

    Object get(String name) {
        for (Scope scope = this; scope != null; scope = scope.outer) {
            Object value = scope.names.get(name);
            if (value != null) {
                return value;
            }
        }
        return Absent.UNDEFINED;
    }

    void set(String name, Object value) {
        names.put(name, value);
    }
}
