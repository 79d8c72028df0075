/** What the rest of the platform knows of a language model: generation, scoring, adapters and their training. */
@NullMarked
@Export
@Version("1.0.0")
package dev.apprentice.model;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
