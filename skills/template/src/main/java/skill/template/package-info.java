/** The smallest legal skill with code. */
@NullMarked
package skill.template;

import org.jspecify.annotations.NullMarked;
