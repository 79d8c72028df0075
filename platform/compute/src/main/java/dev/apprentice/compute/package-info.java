/** The seam between model and hardware: matrices and activations in off-heap memory, and the operations on them. */
@NullMarked
@Export
@Version("1.0.0")
package dev.apprentice.compute;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
