package dev.apprentice.http.internal;

/** One signed-in browser. */
record Session(String id, String csrfToken) {}
