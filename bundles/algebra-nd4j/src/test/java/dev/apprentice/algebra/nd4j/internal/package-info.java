/** Tests of the ND4J algebra. */
@NullMarked
package dev.apprentice.algebra.nd4j.internal;

import org.jspecify.annotations.NullMarked;
