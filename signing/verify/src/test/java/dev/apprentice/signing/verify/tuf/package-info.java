/** The TUF client against a repository that changes under the hands of each test, served over HTTP. */
@NullMarked
package dev.apprentice.signing.verify.tuf;

import org.jspecify.annotations.NullMarked;
