/** The command line, one class per command. */
@NullMarked
package dev.apprentice.launcher.command;

import org.jspecify.annotations.NullMarked;
