/** Replay, importance, cycle, gate and history. */
@NullMarked
package dev.apprentice.learning.internal;

import org.jspecify.annotations.NullMarked;
