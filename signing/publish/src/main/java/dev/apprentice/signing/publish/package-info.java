/** What a publisher needs: keys, certificates and signatures. */
@NullMarked
package dev.apprentice.signing.publish;

import org.jspecify.annotations.NullMarked;
