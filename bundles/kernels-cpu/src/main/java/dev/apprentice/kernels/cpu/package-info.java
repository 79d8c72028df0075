/** The kernels of a processor: a scalar oracle, and the Vector API where the JVM offers it. */
@NullMarked
@Export
@Version("1.0.0")
package dev.apprentice.kernels.cpu;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
