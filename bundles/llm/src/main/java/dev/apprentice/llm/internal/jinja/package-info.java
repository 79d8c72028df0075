/** The part of the Jinja template language that chat templates use, without any way to Java. */
@NullMarked
package dev.apprentice.llm.internal.jinja;

import org.jspecify.annotations.NullMarked;
