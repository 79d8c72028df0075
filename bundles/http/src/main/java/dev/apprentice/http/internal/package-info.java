/** The server over Javalin: who may call, what is called, and how errors are told. */
@NullMarked
package dev.apprentice.http.internal;

import org.jspecify.annotations.NullMarked;
