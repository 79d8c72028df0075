package dev.apprentice.llm.internal.jinja;

/** A template is wrong, asks for what is not supported or too much, or refuses its input. */
public final class JinjaException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final Kind kind;

    /** Whose fault it is. */
    public enum Kind {
        /** The template's. */
        TEMPLATE,
        /** The input's, as the template itself says by {@code raise_exception}. */
        INPUT
    }

    JinjaException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    static JinjaException template(String message) {
        return new JinjaException(Kind.TEMPLATE, message);
    }

    public Kind kind() {
        return kind;
    }
}
