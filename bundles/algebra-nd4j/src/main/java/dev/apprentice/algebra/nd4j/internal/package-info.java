/** Learning algebra and the guard network on ND4J and Deeplearning4j; no other room sees either. */
@NullMarked
package dev.apprentice.algebra.nd4j.internal;

import org.jspecify.annotations.NullMarked;
