/** Whether a skill's file is what a trusted publisher signed, and whether its archive can be read in one way only. */
@NullMarked
@Export
@Version("1.0.0")
package dev.apprentice.signing.verify;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
