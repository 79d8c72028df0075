/** The demo: the main job, from keys to rollback, on real code. */
@NullMarked
package dev.apprentice.launcher.demo;

import org.jspecify.annotations.NullMarked;
