package dev.apprentice.llm.internal.gguf;

/** What a token of the vocabulary is; the order is that of the ids in {@code tokenizer.ggml.token_type}, from 1. */
enum TokenKind {
    NORMAL,
    UNKNOWN,
    /** A marker such as the end of the text, which no text can spell. */
    CONTROL,
    /** Text that is one token as a whole wherever it stands. */
    USER_DEFINED,
    /** Room in the vocabulary. */
    UNUSED,
    /** One byte of text that has no other token. */
    BYTE;

    int id() {
        return ordinal() + 1;
    }
}
