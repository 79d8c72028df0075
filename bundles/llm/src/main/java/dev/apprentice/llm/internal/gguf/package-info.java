/** The GGUF file format: reading, writing, and what its names and metadata mean in the terms of Hugging Face. */
@NullMarked
package dev.apprentice.llm.internal.gguf;

import org.jspecify.annotations.NullMarked;
