/** The admin console: pages rendered on the server. */
@NullMarked
package dev.apprentice.console.internal;

import org.jspecify.annotations.NullMarked;
