package dev.apprentice.llm.internal;

import dev.apprentice.llm.internal.json.Document;
import dev.apprentice.llm.internal.json.SchemaReader;
import dev.apprentice.llm.internal.json.Shape;
import dev.apprentice.model.AnswerForm;
import dev.apprentice.model.ModelException;
import java.util.BitSet;
import java.util.Set;

/**
 * Allows only tokens that continue a JSON document of a shape, and only as long as the tokens that are left can make it whole: each byte
 * is a token too. So an answer that ran out of tokens is a document as well.
 */
final class JsonConstraint implements Constraint {
    private final TokenTrie trie;
    private final ByteLevelTokenizer tokenizer;
    private final Set<Integer> ends;
    private Document document;

    private JsonConstraint(TokenTrie trie, ByteLevelTokenizer tokenizer, Set<Integer> ends, Shape shape) {
        this.trie = trie;
        this.tokenizer = tokenizer;
        this.ends = ends;
        this.document = Document.of(shape);
    }

    /**
     * What a form demands.
     *
     * @param most tokens that the answer may have
     * @throws ModelException if the shortest document takes more, or the schema is not supported
     */
    static Constraint of(AnswerForm form, LlamaModel model, Set<Integer> ends, int most) {
        return switch (form) {
            case AnswerForm.Free _ -> NONE;
            case AnswerForm.JsonObject _ -> of(new Shape.AnyFields(), model, ends, most);
            case AnswerForm.JsonSchema schema -> of(SchemaReader.read(schema.schema()), model, ends, most);
        };
    }

    private static Constraint of(Shape shape, LlamaModel model, Set<Integer> ends, int most) {
        if (shape.leastBytes() > most) {
            throw new ModelException(
                    ModelException.Code.BAD_REQUEST,
                    "The answer may have " + most + " tokens, but the shortest document of its form can take "
                            + shape.leastBytes() + ": raise max_tokens or shorten the prompt");
        }
        return new JsonConstraint(model.tokenTrie(), model.tokenizer(), ends, shape);
    }

    @Override
    public void mask(float[] logits, int left) {
        BitSet allowed = trie.allowed(document, left - 1);
        if (document.mayEnd()) {
            ends.forEach(allowed::set);
        }
        for (int token = allowed.nextClearBit(0); token < logits.length; token = allowed.nextClearBit(token + 1)) {
            logits[token] = Float.NEGATIVE_INFINITY;
        }
    }

    @Override
    public void take(int token) {
        for (byte value : tokenizer.bytes(token)) {
            Document next = document.step(value);
            if (next == null) {
                throw new IllegalStateException("The token " + token + " must not come here, but was chosen");
            }
            document = next;
        }
    }

    @Override
    public boolean complete() {
        return document.complete();
    }
}
