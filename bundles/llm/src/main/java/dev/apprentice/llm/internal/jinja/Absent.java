package dev.apprentice.llm.internal.jinja;

/** What stands where there is no value. */
enum Absent {
    /** A name or attribute that is not there. */
    UNDEFINED,
    /** {@code none}. */
    NONE
}
