/** The shelf of installed skills: install, update, roll back and remove as transactions. */
@NullMarked
@Export
@Version("1.0.0")
package dev.apprentice.skills;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
