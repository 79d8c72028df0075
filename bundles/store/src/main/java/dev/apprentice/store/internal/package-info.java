/** The store over one SQLite file and a folder of blobs. */
@NullMarked
package dev.apprentice.store.internal;

import org.jspecify.annotations.NullMarked;
