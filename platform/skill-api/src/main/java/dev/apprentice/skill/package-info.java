/** All that a skill with code imports. */
@NullMarked
@Export
@Version("1.1.0")
package dev.apprentice.skill;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
