package dev.apprentice.skills;

/** A skill was refused or could not be changed; the message says what, where and what to do. Nothing has changed. */
public final class SkillException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final Code code;

    public SkillException(Code code, String message) {
        super(message);
        this.code = code;
    }

    public SkillException(Code code, String message, Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    public Code code() {
        return code;
    }

    /** Kind of refusal. */
    public enum Code {
        /** No signature, a wrong one, or one by a stranger. */
        SIGNATURE,
        /** The archive's structure is not strict ZIP. */
        ARCHIVE,
        /** A header, class or descriptor that no skill may have. */
        ADMISSION,
        /** It asks for a permission that nobody has agreed to. */
        CONSENT,
        /** Base model, tokenizer or platform do not fit. */
        INCOMPATIBLE,
        /** An older version than the floor, or the same version with other content. */
        VERSION,
        /** A marketplace said that the version must no longer run. */
        REVOKED,
        /** The adapter has no effect, or does harm. */
        PROBE,
        /** No such skill, version or commit. */
        NOT_FOUND,
        FAILED
    }
}
