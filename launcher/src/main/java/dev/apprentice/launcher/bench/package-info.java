/** Measures how long changes of the shelf take. */
@NullMarked
package dev.apprentice.launcher.bench;

import org.jspecify.annotations.NullMarked;
