@NullMarked
package dev.apprentice.management.internal;

import org.jspecify.annotations.NullMarked;
