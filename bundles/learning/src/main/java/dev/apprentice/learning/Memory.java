package dev.apprentice.learning;

import dev.apprentice.model.Recall;

/** The texts that a skill has read up to one commit, word for word. Immutable, but that a rejected text is forgotten at once. */
public interface Memory {
    /** The memory of one that has read nothing. */
    Memory EMPTY = () -> Recall.NONE;

    /** Begins to follow a new text, which is recalled from as well as it is read. */
    Recall recall();
}
