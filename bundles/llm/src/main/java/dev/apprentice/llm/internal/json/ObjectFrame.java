package dev.apprentice.llm.internal.json;

import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Inside an object of known fields, outside of their values.
 *
 * @param next the first field that may come
 * @param keys fields whose key may be the one at hand
 * @param at how many bytes of the key are there
 */
record ObjectFrame(Shape.Fields shape, int next, Part part, List<Integer> keys, int at, int space) implements Frame {
    /** Where in the object. */
    enum Part {
        OPENED,
        KEY,
        COLON,
        AFTER_VALUE,
        AFTER_COMMA
    }

    static ObjectFrame of(Shape.Fields shape) {
        return new ObjectFrame(shape, 0, Part.OPENED, List.of(), 0, 0);
    }

    @Override
    public @Nullable Document step(Document document, int value) {
        if (Frame.isSpace(value) && part != Part.KEY) {
            ObjectFrame spaced = new ObjectFrame(shape, next, part, keys, at, space + 1);
            return space < MOST_SPACE ? document.with(spaced) : null;
        }
        return switch (part) {
            case OPENED -> value == '}' ? close(document) : key(document, possible(), 0, value);
            case KEY -> key(document, keys, at, value);
            case COLON -> value == ':' ? value(document) : null;
            case AFTER_VALUE ->
                switch (value) {
                    case '}' -> close(document);
                    case ',' -> next < fields().size() ? document.with(in(Part.AFTER_COMMA, List.of(), 0)) : null;
                    default -> null;
                };
            case AFTER_COMMA -> key(document, possible(), 0, value);
        };
    }

    private List<Shape.Field> fields() {
        return shape.fields();
    }

    /** Fields up to the first that must come. */
    private List<Integer> possible() {
        int end = next;
        while (end < fields().size() && !fields().get(end).required()) {
            end++;
        }
        return IntStream.range(next, Math.min(end + 1, fields().size())).boxed().toList();
    }

    private @Nullable Document close(Document document) {
        return requiredFrom(next) == 0 ? document.pop() : null;
    }

    private @Nullable Document key(Document document, List<Integer> candidates, int place, int value) {
        List<Integer> left = candidates.stream()
                .filter(field -> (bytes(field)[place] & 0xff) == value)
                .toList();
        if (left.isEmpty()) {
            return null;
        }
        // keys end with a quotation mark, so that none is the beginning of another
        boolean whole = bytes(left.getFirst()).length == place + 1;
        return document.with(in(whole ? Part.COLON : Part.KEY, left, place + 1));
    }

    private byte[] bytes(int field) {
        return Shape.utf8(fields().get(field).key());
    }

    private Document value(Document document) {
        int field = keys.getFirst();
        ObjectFrame after = new ObjectFrame(shape, field + 1, Part.AFTER_VALUE, List.of(), 0, 0);
        return document.with(after).push(new Frame.Value(fields().get(field).shape(), 0));
    }

    private ObjectFrame in(Part where, List<Integer> candidates, int place) {
        return new ObjectFrame(shape, next, where, candidates, place, 0);
    }

    /** The fewest bytes of the fields that must come, each with a comma before it. */
    private int requiredFrom(int first) {
        int sum = 0;
        for (Shape.Field field : fields().subList(first, fields().size())) {
            sum += field.required() ? field.leastBytes() + 1 : 0;
        }
        return sum;
    }

    /** The fewest bytes from the middle of a key to the closing brace. */
    private int from(int field, int place) {
        return fields().get(field).leastBytes() - place + requiredFrom(field + 1) + 1;
    }

    @Override
    public int leastBytes() {
        return switch (part) {
            case OPENED -> Math.max(0, requiredFrom(next) - 1) + 1;
            case AFTER_VALUE -> requiredFrom(next) + 1;
            case KEY, COLON ->
                keys.stream().mapToInt(field -> from(field, at)).min().orElse(0);
            case AFTER_COMMA ->
                possible().stream().mapToInt(field -> from(field, 0)).min().orElse(0);
        };
    }
}
