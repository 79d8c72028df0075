@NullMarked
package dev.apprentice.skills.internal;

import org.jspecify.annotations.NullMarked;
