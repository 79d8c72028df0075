package dev.apprentice.llm.internal.json;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** One open part of a document, with how far it has come. */
interface Frame {
    /** The document after one more byte, of which this is the innermost part; null if the byte must not come here. */
    @Nullable
    Document step(Document document, int value);

    /** The fewest bytes that make this part whole. */
    int leastBytes();

    /** Whether this part is whole, though it may go on. */
    default boolean mayEnd() {
        return false;
    }

    /** White space in a row at the most, so that a document comes to an end. */
    int MOST_SPACE = 20;

    static boolean isSpace(int value) {
        return value == ' ' || value == '\n' || value == '\t' || value == '\r';
    }

    /** After the document. */
    record End() implements Frame {
        @Override
        public @Nullable Document step(Document document, int value) {
            return null;
        }

        @Override
        public int leastBytes() {
            return 0;
        }
    }

    /** Before a value. */
    record Value(Shape shape, int space) implements Frame {
        @Override
        public @Nullable Document step(Document document, int value) {
            if (isSpace(value)) {
                return space < MOST_SPACE ? document.with(new Value(shape, space + 1)) : null;
            }
            boolean nested = value == '{' || value == '[';
            if (nested && document.depth() > Document.MOST_DEPTH) {
                return null;
            }
            return begin(shape, document, value);
        }

        private static @Nullable Document begin(Shape shape, Document document, int value) {
            return switch (shape) {
                case Shape.Text text -> value == '"' ? document.with(TextFrame.of(text)) : null;
                case Shape.Numeric numeric -> NumberFrame.begin(numeric.kind(), document, value);
                case Shape.Literals literals -> LiteralFrame.begin(literals, document, value);
                case Shape.Elements elements -> value == '[' ? document.with(ArrayFrame.of(elements)) : null;
                case Shape.Fields fields -> value == '{' ? document.with(ObjectFrame.of(fields)) : null;
                case Shape.AnyFields _ -> value == '{' ? document.with(FreeObjectFrame.EMPTY) : null;
                case Shape.OneOf one -> first(one.shapes(), document, value);
                case Shape.Any _ -> first(ANYTHING, document, value);
            };
        }

        private static @Nullable Document first(List<Shape> shapes, Document document, int value) {
            for (Shape shape : shapes) {
                Document begun = begin(shape, document, value);
                if (begun != null) {
                    return begun;
                }
            }
            return null;
        }

        @Override
        public int leastBytes() {
            return shape.leastBytes();
        }
    }

    List<Shape> ANYTHING = List.of(
            new Shape.Text(0, Integer.MAX_VALUE),
            new Shape.Numeric(Shape.Numeric.Kind.ANY),
            new Shape.Literals(List.of("true", "false", "null")),
            new Shape.Elements(new Shape.Any(), 0, Integer.MAX_VALUE),
            new Shape.AnyFields());
}
