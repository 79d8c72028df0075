@NullMarked
package dev.apprentice.console.internal;

import org.jspecify.annotations.NullMarked;
