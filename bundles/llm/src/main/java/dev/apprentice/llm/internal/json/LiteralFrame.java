package dev.apprentice.llm.internal.json;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Inside one of several texts.
 *
 * @param texts those that are still possible, as bytes
 * @param at how many bytes are there
 */
record LiteralFrame(List<byte[]> texts, int at) implements Frame {
    static @Nullable Document begin(Shape.Literals literals, Document document, int value) {
        List<byte[]> all = literals.texts().stream().map(Shape::utf8).toList();
        return new LiteralFrame(all, 0).step(document, value);
    }

    @Override
    public @Nullable Document step(Document document, int value) {
        List<byte[]> possible = texts.stream()
                .filter(text -> text.length > at && (text[at] & 0xff) == value)
                .toList();
        if (possible.isEmpty()) {
            // a number among them ends where something else begins
            return mayEnd() ? document.pop().step((byte) value) : null;
        }
        boolean whole = possible.stream().allMatch(text -> text.length == at + 1);
        return whole ? document.pop() : document.with(new LiteralFrame(possible, at + 1));
    }

    @Override
    public boolean mayEnd() {
        return texts.stream().anyMatch(text -> text.length == at);
    }

    @Override
    public int leastBytes() {
        return texts.stream().mapToInt(text -> text.length - at).min().orElse(0);
    }
}
