@NullMarked
package dev.apprentice.signing.verify;

import org.jspecify.annotations.NullMarked;
