/** What can be wrong with a machine, and how to mend it. */
@NullMarked
package dev.apprentice.launcher.doctor;

import org.jspecify.annotations.NullMarked;
