/** JSON that cannot go wrong: what may come next in a document, byte by byte, so that a model can write nothing else. */
@NullMarked
package dev.apprentice.llm.internal.json;

import org.jspecify.annotations.NullMarked;
