@NullMarked
package dev.apprentice.openai.internal;

import org.jspecify.annotations.NullMarked;
