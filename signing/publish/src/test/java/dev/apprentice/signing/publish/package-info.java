@NullMarked
package dev.apprentice.signing.publish;

import org.jspecify.annotations.NullMarked;
