/** How signatures, certificates and archives are checked. */
@NullMarked
package dev.apprentice.signing.verify.internal;

import org.jspecify.annotations.NullMarked;
