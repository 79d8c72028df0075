package dev.apprentice.signing.verify.tuf;

import java.util.Map;

/**
 * Metadata with its signatures, none of them checked yet (section 4.2.1).
 *
 * @param canonical what the signatures are over
 * @param signatures hex by key id
 * @param bytes the file as it came
 */
public record Signed<T extends Metadata>(T content, byte[] canonical, Map<String, String> signatures, byte[] bytes) {}
