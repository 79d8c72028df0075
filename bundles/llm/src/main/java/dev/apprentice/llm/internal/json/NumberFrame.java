package dev.apprentice.llm.internal.json;

import org.jspecify.annotations.Nullable;

/**
 * Inside a number. Its digits are limited to what a double holds.
 *
 * @param digits of the part at hand
 */
record NumberFrame(Shape.Numeric.Kind kind, Part part, int digits) implements Frame {
    private static final int MOST_DIGITS = 15;
    private static final int MOST_EXPONENT_DIGITS = 2;

    /** The part that the last byte belongs to. */
    enum Part {
        MINUS,
        ZERO,
        WHOLE,
        POINT,
        FRACTION,
        E,
        SIGN,
        EXPONENT
    }

    static @Nullable Document begin(Shape.Numeric.Kind kind, Document document, int value) {
        Part part = value == '-' ? Part.MINUS : value == '0' ? Part.ZERO : isDigit(value) ? Part.WHOLE : null;
        return part == null ? null : document.with(new NumberFrame(kind, part, 1));
    }

    @Override
    public @Nullable Document step(Document document, int value) {
        Part next = next(value);
        if (next != null) {
            return document.with(new NumberFrame(kind, next, next == part ? digits + 1 : 1));
        }
        // a number ends where something else begins
        return mayEnd() && !isDigit(value) ? document.pop().step((byte) value) : null;
    }

    private @Nullable Part next(int value) {
        boolean fractions = kind == Shape.Numeric.Kind.ANY;
        return switch (part) {
            case MINUS -> value == '0' ? Part.ZERO : isDigit(value) ? Part.WHOLE : null;
            case ZERO -> fractions ? afterWhole(value) : null;
            case WHOLE -> isDigit(value) && digits < MOST_DIGITS ? Part.WHOLE : fractions ? afterWhole(value) : null;
            case POINT -> isDigit(value) ? Part.FRACTION : null;
            case FRACTION -> isDigit(value) && digits < MOST_DIGITS ? Part.FRACTION : isE(value) ? Part.E : null;
            case E -> value == '+' || value == '-' ? Part.SIGN : isDigit(value) ? Part.EXPONENT : null;
            case SIGN -> isDigit(value) ? Part.EXPONENT : null;
            case EXPONENT -> isDigit(value) && digits < MOST_EXPONENT_DIGITS ? Part.EXPONENT : null;
        };
    }

    private static @Nullable Part afterWhole(int value) {
        return value == '.' ? Part.POINT : isE(value) ? Part.E : null;
    }

    private static boolean isDigit(int value) {
        return value >= '0' && value <= '9';
    }

    private static boolean isE(int value) {
        return value == 'e' || value == 'E';
    }

    @Override
    public boolean mayEnd() {
        return switch (part) {
            case ZERO, WHOLE, FRACTION, EXPONENT -> true;
            case MINUS, POINT, E, SIGN -> false;
        };
    }

    @Override
    public int leastBytes() {
        return mayEnd() ? 0 : 1;
    }
}
