package dev.apprentice.learning;

/** Learning could not go on; the message says what, where and what to do. */
public final class LearningException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final Code code;

    public LearningException(Code code, String message) {
        super(message);
        this.code = code;
    }

    public LearningException(Code code, String message, Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    public Code code() {
        return code;
    }

    /** Kind of fault. */
    public enum Code {
        /** The guard or the gate refused. */
        REFUSED,
        /** No such learner, commit or folder. */
        NOT_FOUND,
        /** There is nothing to learn from or to measure on. */
        NOTHING_TO_DO,
        /** Another long call of this learner is under way. */
        BUSY,
        FAILED
    }
}
