@NullMarked
package dev.apprentice.launcher.command;

import org.jspecify.annotations.NullMarked;
