package dev.apprentice.llm.internal;

import dev.apprentice.compute.RotaryTable;
import java.lang.foreign.Arena;

/** Tables of rotary position embedding as long as the longest sequence so far: those of a long context would slow every start. */
final class RotaryTables {
    private static final int FEWEST = 512;

    private final float[] frequencies;
    private final int context;
    private volatile RotaryTable table;

    RotaryTables(ModelConfig config) {
        this.frequencies = config.frequencies();
        this.context = config.context();
        this.table = create(Math.min(FEWEST, context));
    }

    /** A table that holds so many positions; at most the context. */
    RotaryTable upTo(int positions) {
        RotaryTable current = table;
        return positions <= current.positions() ? current : grow(positions);
    }

    private synchronized RotaryTable grow(int positions) {
        if (positions > table.positions()) {
            table = create(Math.max(Math.min(2 * table.positions(), context), Math.min(positions, context)));
        }
        return table;
    }

    private RotaryTable create(int positions) {
        return RotaryTable.create(Arena.ofAuto(), positions, frequencies);
    }
}
