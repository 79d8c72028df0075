package dev.apprentice.llm.internal.json;

import org.jspecify.annotations.Nullable;

/**
 * How far a document has come: a stack of what is open, the innermost first. Immutable, so that many continuations can be tried from one
 * place.
 *
 * @param below what goes on when the innermost is whole; null below {@link Frame.End}
 * @param depth number of values that are open
 * @param leastBelow the fewest bytes that what is below still takes
 */
public record Document(Frame top, @Nullable Document below, int depth, int leastBelow) {
    /** Parsers refuse documents that are nested much deeper. */
    static final int MOST_DEPTH = 64;

    /** A document of which nothing is there yet. */
    public static Document of(Shape shape) {
        return new Document(new Frame.End(), null, 0, 0).push(new Frame.Value(shape, 0));
    }

    /** The document after one more byte; null if it must not come here. */
    public @Nullable Document step(byte value) {
        return top.step(this, value & 0xff);
    }

    /** Whether the document is whole and nothing can follow. */
    public boolean complete() {
        return top instanceof Frame.End;
    }

    /** Whether the document is whole, though it may go on, as a number can. */
    public boolean mayEnd() {
        return complete() || (top.mayEnd() && below != null && below.complete());
    }

    /** The fewest bytes that make it whole. */
    public int leastBytes() {
        return top.leastBytes() + leastBelow;
    }

    Document push(Frame frame) {
        return new Document(frame, this, depth + 1, leastBytes());
    }

    /** The same with another innermost frame. */
    Document with(Frame frame) {
        return new Document(frame, below, depth, leastBelow);
    }

    /** What goes on when the innermost is whole. */
    Document pop() {
        if (below == null) {
            throw new IllegalStateException("The document has ended");
        }
        return below;
    }
}
