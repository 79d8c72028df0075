/** The client of several marketplaces, each a TUF repository. */
@NullMarked
package dev.apprentice.market.internal;

import org.jspecify.annotations.NullMarked;
