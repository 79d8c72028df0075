/** Builds a marketplace: a TUF repository of static files. */
@NullMarked
package dev.apprentice.signing.publish.repository;

import org.jspecify.annotations.NullMarked;
