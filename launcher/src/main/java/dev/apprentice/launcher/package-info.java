/** Starts the platform and keeps it tidy: framework, home folder, settings, logs. */
@NullMarked
package dev.apprentice.launcher;

import org.jspecify.annotations.NullMarked;
