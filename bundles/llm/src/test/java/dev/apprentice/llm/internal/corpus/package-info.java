@org.jspecify.annotations.NullMarked
package dev.apprentice.llm.internal.corpus;
