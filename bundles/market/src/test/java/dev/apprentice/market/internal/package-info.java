@NullMarked
package dev.apprentice.market.internal;

import org.jspecify.annotations.NullMarked;
