/** The HTTP client of a running platform. */
@NullMarked
package dev.apprentice.launcher.client;

import org.jspecify.annotations.NullMarked;
