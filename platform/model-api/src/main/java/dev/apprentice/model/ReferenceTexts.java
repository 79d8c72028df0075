package dev.apprentice.model;

import java.util.List;

/** Texts of general knowledge that come with a base model. */
public interface ReferenceTexts {
    /** The fixed core set: what no skill may forget. Only measured, never learned from. */
    List<String> core();

    /** Other texts of the same kind, for rehearsal while learning. */
    List<String> rehearsal();
}
