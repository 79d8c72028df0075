package dev.apprentice.launcher.doctor;

/**
 * One thing that was looked at.
 *
 * @param remedy what to do; empty if nothing need be done
 */
public record Finding(Verdict verdict, String subject, String found, String remedy) {
    /** How bad it is. */
    public enum Verdict {
        OK,
        /** Works, but could be better. */
        NOTE,
        /** Will not work. */
        FAULT
    }

    static Finding ok(String subject, String found) {
        return new Finding(Verdict.OK, subject, found, "");
    }

    static Finding note(String subject, String found, String remedy) {
        return new Finding(Verdict.NOTE, subject, found, remedy);
    }

    static Finding fault(String subject, String found, String remedy) {
        return new Finding(Verdict.FAULT, subject, found, remedy);
    }
}
