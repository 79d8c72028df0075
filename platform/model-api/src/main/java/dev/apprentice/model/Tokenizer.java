package dev.apprentice.model;

import java.util.OptionalInt;

/** Text to token ids and back, exactly as the model was trained. */
public interface Tokenizer {

    /** Ids of the text; text that spells a special token is encoded as plain text. */
    int[] encode(String text);

    /** Text of the ids; bytes that are not UTF-8 become U+FFFD. */
    String decode(int[] tokens);

    /** The bytes that a token stands for, which need not be whole characters; none for a special token. */
    byte[] bytes(int token);

    /** The id of a special token such as {@code <|endoftext|>}. */
    OptionalInt special(String name);

    /** The token that ends a text. */
    int endOfText();
}
