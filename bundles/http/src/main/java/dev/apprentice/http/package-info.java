/** The one HTTP server of the platform, to which other bundles contribute routes. */
@NullMarked
@Export
@Version("1.0.0")
package dev.apprentice.http;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
