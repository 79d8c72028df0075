@NullMarked
package dev.apprentice.http.internal;

import org.jspecify.annotations.NullMarked;
