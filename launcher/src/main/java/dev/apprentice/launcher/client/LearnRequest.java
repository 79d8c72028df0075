package dev.apprentice.launcher.client;

import org.jspecify.annotations.Nullable;

/**
 * Asks a skill to take in a folder.
 *
 * @param folder its absolute path
 * @param measuredTokens of what was written later, about how many to measure on; null for as many as is usual
 */
public record LearnRequest(String folder, @Nullable Integer measuredTokens) {}
