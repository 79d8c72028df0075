/** The OpenAI-compatible API and feedback. */
@NullMarked
package dev.apprentice.openai.internal;

import org.jspecify.annotations.NullMarked;
