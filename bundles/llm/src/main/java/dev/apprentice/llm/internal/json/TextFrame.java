package dev.apprentice.llm.internal.json;

import org.jspecify.annotations.Nullable;

/**
 * Inside a string, after its opening quotation mark. Characters are whole UTF-8 or one escape; an escape is never half of a surrogate
 * pair.
 *
 * @param characters whole ones so far
 * @param pending bytes that the character at hand still takes, 0 between characters
 * @param least the least value of its next byte, if that is of UTF-8
 * @param most the greatest
 */
record TextFrame(Shape.Text shape, int characters, Part part, int pending, int least, int most) implements Frame {
    /** Where in a character. */
    enum Part {
        BETWEEN,
        UTF8,
        ESCAPE,
        /** In the four digits of an escape. */
        HEX,
        /** In them after a D, which must not begin a surrogate. */
        HEX_AFTER_D
    }

    static TextFrame of(Shape.Text shape) {
        return new TextFrame(shape, 0, Part.BETWEEN, 0, 0, 0);
    }

    @Override
    public @Nullable Document step(Document document, int value) {
        if (part == Part.BETWEEN && value == '"') {
            return characters >= shape.least() ? document.pop() : null;
        }
        TextFrame next = next(value);
        return next == null ? null : document.with(next);
    }

    /** The same after a byte that does not end the string. */
    @Nullable
    TextFrame next(int value) {
        return switch (part) {
            case BETWEEN -> characters < shape.most() ? begin(value) : null;
            case UTF8 -> value < least || value > most ? null : pending == 1 ? whole() : utf8(pending - 1, 0x80, 0xbf);
            case ESCAPE ->
                switch (value) {
                    case '"', '\\', '/', 'b', 'f', 'n', 'r', 't' -> whole();
                    case 'u' -> in(Part.HEX, 4);
                    default -> null;
                };
            case HEX, HEX_AFTER_D -> hex(value);
        };
    }

    private @Nullable TextFrame begin(int value) {
        if (value == '\\') {
            return in(Part.ESCAPE, 1);
        }
        if (value < 0x80) {
            return value >= 0x20 && value != '"' ? whole() : null;
        }
        // the well-formed byte sequences of The Unicode Standard, table 3-7
        return switch (value) {
            case 0xe0 -> utf8(2, 0xa0, 0xbf);
            case 0xed -> utf8(2, 0x80, 0x9f);
            case 0xf0 -> utf8(3, 0x90, 0xbf);
            case 0xf4 -> utf8(3, 0x80, 0x8f);
            default -> {
                if (value >= 0xc2 && value <= 0xdf) {
                    yield utf8(1, 0x80, 0xbf);
                }
                if (value >= 0xe1 && value <= 0xef) {
                    yield utf8(2, 0x80, 0xbf);
                }
                yield value >= 0xf1 && value <= 0xf3 ? utf8(3, 0x80, 0xbf) : null;
            }
        };
    }

    private @Nullable TextFrame hex(int value) {
        int digit = value < 0x80 ? Character.digit(value, 16) : -1;
        if (digit < 0 || (part == Part.HEX_AFTER_D && digit >= 8)) {
            return null;
        }
        if (pending == 1) {
            return whole();
        }
        return in(pending == 4 && digit == 0xd ? Part.HEX_AFTER_D : Part.HEX, pending - 1);
    }

    private TextFrame whole() {
        return new TextFrame(shape, characters + 1, Part.BETWEEN, 0, 0, 0);
    }

    private TextFrame in(Part where, int bytes) {
        return new TextFrame(shape, characters, where, bytes, 0, 0);
    }

    private TextFrame utf8(int bytes, int from, int to) {
        return new TextFrame(shape, characters, Part.UTF8, bytes, from, to);
    }

    @Override
    public int leastBytes() {
        int begun = part == Part.BETWEEN ? 0 : 1;
        return pending + Math.max(0, shape.least() - characters - begun) + 1;
    }
}
