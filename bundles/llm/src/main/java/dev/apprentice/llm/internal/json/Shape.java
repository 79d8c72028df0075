package dev.apprentice.llm.internal.json;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** What a JSON value must be. */
public sealed interface Shape {
    /** Any value. */
    record Any() implements Shape {}

    /** An object of any fields without duplicate keys. */
    record AnyFields() implements Shape {}

    /** A string of so many characters. */
    record Text(int least, int most) implements Shape {}

    /** A number. */
    record Numeric(Kind kind) implements Shape {
        /** Which numbers. */
        public enum Kind {
            WHOLE,
            ANY
        }
    }

    /** One of some texts, each a whole JSON value. */
    record Literals(List<String> texts) implements Shape {}

    /** An array of so many elements. */
    record Elements(Shape each, int least, int most) implements Shape {}

    /** An object of these fields in this order. */
    record Fields(List<Field> fields) implements Shape {}

    /** One of several shapes, which begin with different bytes. */
    record OneOf(List<Shape> shapes) implements Shape {}

    /**
     * A field of an object.
     *
     * @param key with its quotation marks
     */
    record Field(String key, Shape shape, Presence presence) {
        /** Whether an object must have the field. */
        public enum Presence {
            REQUIRED,
            OPTIONAL
        }

        boolean required() {
            return presence == Presence.REQUIRED;
        }

        /** The fewest bytes of key, colon and value. */
        int leastBytes() {
            return utf8(key).length + 1 + shape.leastBytes();
        }
    }

    /** The fewest bytes that such a value takes. */
    default int leastBytes() {
        return switch (this) {
            case Any _, Numeric _ -> 1;
            case AnyFields _ -> 2;
            case Text text -> text.least + 2;
            case Literals literals ->
                literals.texts.stream()
                        .mapToInt(text -> utf8(text).length)
                        .min()
                        .orElse(0);
            case Elements elements -> 2 + elements.least * elements.each.leastBytes() + Math.max(0, elements.least - 1);
            case Fields fields -> {
                List<Field> required =
                        fields.fields.stream().filter(Field::required).toList();
                int sum = required.stream().mapToInt(Field::leastBytes).sum();
                yield 2 + sum + Math.max(0, required.size() - 1);
            }
            case OneOf one ->
                one.shapes.stream().mapToInt(Shape::leastBytes).min().orElse(0);
        };
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
