/** The code of the template skill. */
@NullMarked
package dev.apprentice.skills.template;

import org.jspecify.annotations.NullMarked;
