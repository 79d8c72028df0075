/** Opens a model folder outside a framework, as tests and tools need it; inside one, look up the LanguageModel service. */
@NullMarked
@Export
@Version("1.0.0")
package dev.apprentice.llm;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
