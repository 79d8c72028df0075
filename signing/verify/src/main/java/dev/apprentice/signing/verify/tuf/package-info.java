/** A client of The Update Framework, specification 1.0: which files of a repository may be believed, and their download. */
@NullMarked
@Export
@Version("1.0.0")
package dev.apprentice.signing.verify.tuf;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
