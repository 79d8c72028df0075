package dev.apprentice.llm.internal.json;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Inside an object of any fields, outside of their values.
 *
 * @param keys those that are there, as bytes
 * @param key the one at hand, likewise
 * @param text how far that one has come
 */
record FreeObjectFrame(Part part, Set<String> keys, String key, TextFrame text, int space) implements Frame {
    private static final TextFrame NO_TEXT = TextFrame.of(new Shape.Text(0, Integer.MAX_VALUE));

    /** The fewest bytes of colon, value and closing brace. */
    private static final int REST = 3;

    static final FreeObjectFrame EMPTY = new FreeObjectFrame(Part.OPENED, Set.of(), "", NO_TEXT, 0);

    /** Where in the object. */
    enum Part {
        OPENED,
        KEY,
        COLON,
        AFTER_VALUE,
        AFTER_COMMA
    }

    @Override
    public @Nullable Document step(Document document, int value) {
        if (Frame.isSpace(value) && part != Part.KEY) {
            FreeObjectFrame spaced = new FreeObjectFrame(part, keys, key, text, space + 1);
            return space < MOST_SPACE ? document.with(spaced) : null;
        }
        return switch (part) {
            case OPENED -> value == '}' ? document.pop() : value == '"' ? document.with(in(Part.KEY)) : null;
            case KEY -> key(document, value);
            case COLON ->
                value == ':' ? document.with(in(Part.AFTER_VALUE)).push(new Frame.Value(new Shape.Any(), 0)) : null;
            case AFTER_VALUE ->
                value == '}' ? document.pop() : value == ',' ? document.with(in(Part.AFTER_COMMA)) : null;
            case AFTER_COMMA -> value == '"' ? document.with(in(Part.KEY)) : null;
        };
    }

    /** Keys have no escapes, so that two are the same only if their bytes are. */
    private @Nullable Document key(Document document, int value) {
        if (value == '"' && text.part() == TextFrame.Part.BETWEEN) {
            if (keys.contains(key)) {
                return null;
            }
            Set<String> more = new HashSet<>(keys);
            more.add(key);
            return document.with(new FreeObjectFrame(Part.COLON, more, "", NO_TEXT, 0));
        }
        TextFrame next = value == '\\' ? null : text.next(value);
        return next == null ? null : document.with(new FreeObjectFrame(Part.KEY, keys, key + (char) value, next, 0));
    }

    private FreeObjectFrame in(Part where) {
        return new FreeObjectFrame(where, keys, "", NO_TEXT, 0);
    }

    @Override
    public int leastBytes() {
        return switch (part) {
            case OPENED, AFTER_VALUE -> 1;
            case COLON -> REST;
            // one byte more makes another key of one that is there
            case KEY -> text.leastBytes() + (keys.contains(key) ? 1 : 0) + REST;
            case AFTER_COMMA -> 2 + (keys.contains("") ? 1 : 0) + REST;
        };
    }
}
