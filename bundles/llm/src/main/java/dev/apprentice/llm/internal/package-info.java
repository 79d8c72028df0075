/** A Llama-family language model: formats, tokenizer, forward and backward pass, adapters and generation. */
@NullMarked
package dev.apprentice.llm.internal;

import org.jspecify.annotations.NullMarked;
