/** A folder of text as tokens to train on. */
@NullMarked
package dev.apprentice.llm.internal.corpus;

import org.jspecify.annotations.NullMarked;
