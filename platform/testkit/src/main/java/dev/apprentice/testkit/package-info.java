/** Contracts and fixtures that tests of several modules share. */
@NullMarked
package dev.apprentice.testkit;

import org.jspecify.annotations.NullMarked;
