/** Marketplaces: which skills there are, which fit, what an update would change, and installing one by its id. */
@NullMarked
@Export
@Version("1.0.0")
package dev.apprentice.market;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
