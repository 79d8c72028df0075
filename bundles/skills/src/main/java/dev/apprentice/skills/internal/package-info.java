/** How skills are admitted, installed, rolled back and served. */
@NullMarked
package dev.apprentice.skills.internal;

import org.jspecify.annotations.NullMarked;
