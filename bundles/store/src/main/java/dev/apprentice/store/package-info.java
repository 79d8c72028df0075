/** State that survives: SQLite for facts, content-addressed files for tensors, a hash-chained audit log. */
@NullMarked
@Export
@Version("1.0.0")
package dev.apprentice.store;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
