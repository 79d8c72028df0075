/** What the console shares with the management API: the platform's status, and learning that is watched live. */
@NullMarked
@Export
@Version("1.0.0")
package dev.apprentice.management;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
