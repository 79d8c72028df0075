/** On-device learning of skills: experiences, cycles, measurements and a history that can be rolled back. */
@NullMarked
@Export
@Version("1.0.0")
package dev.apprentice.learning;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
