/** The repository builder, as clients see what it builds. */
@NullMarked
package dev.apprentice.signing.publish.repository;

import org.jspecify.annotations.NullMarked;
