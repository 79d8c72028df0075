package dev.apprentice.llm.internal.json;

import org.jspecify.annotations.Nullable;

/**
 * Inside an array, before its first element or after one.
 *
 * @param count elements begun
 */
record ArrayFrame(Shape.Elements shape, int count, int space) implements Frame {
    static ArrayFrame of(Shape.Elements shape) {
        return new ArrayFrame(shape, 0, 0);
    }

    @Override
    public @Nullable Document step(Document document, int value) {
        if (Frame.isSpace(value)) {
            return space < MOST_SPACE ? document.with(new ArrayFrame(shape, count, space + 1)) : null;
        }
        if (value == ']') {
            return count >= shape.least() ? document.pop() : null;
        }
        if (count == shape.most() || (count > 0 && value != ',')) {
            return null;
        }
        Document element = document.with(new ArrayFrame(shape, count + 1, 0)).push(new Frame.Value(shape.each(), 0));
        return count > 0 ? element : element.step((byte) value);
    }

    @Override
    public int leastBytes() {
        int missing = Math.max(0, shape.least() - count);
        int commas = count > 0 ? missing : Math.max(0, missing - 1);
        return missing * shape.each().leastBytes() + commas + 1;
    }
}
