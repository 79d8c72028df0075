package dev.apprentice.learning.internal;

import dev.apprentice.learning.Commit;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * A commit and what it takes to go back to it.
 *
 * @param shipped digest of the shipped adapter below it
 * @param shippedValues blob of that adapter's values
 * @param checkpoint blob of the learned vectors; null if no longer kept
 * @param cursor the last experience taken from the queue: the data order
 * @param attempts cycles tried, which seed the sampling of the next
 * @param step Adam steps taken
 * @param reach of the memory
 */
record StoredCommit(
        Commit commit,
        String shipped,
        String shippedValues,
        @Nullable String checkpoint,
        long cursor,
        int attempts,
        int step,
        Reach reach) {

    /** Makes a restorable commit whose id is the SHA-256 over all its facts. */
    static StoredCommit of(
            Commit facts, String shipped, String shippedValues, String checkpoint, Position position, Reach reach) {
        Commit unnamed = named(facts, "");
        String id = sha256(
                unnamed + "\n" + shipped + "\n" + shippedValues + "\n" + checkpoint + "\n" + position + "\n" + reach);
        return new StoredCommit(
                named(facts, id),
                shipped,
                shippedValues,
                checkpoint,
                position.cursor(),
                position.attempts(),
                position.step(),
                reach);
    }

    /** Where learning stands in its data and its randomness. */
    record Position(long cursor, int attempts, int step) {}

    Position position() {
        return new Position(cursor, attempts, step);
    }

    private static Commit named(Commit facts, String id) {
        return new Commit(
                id,
                facts.skillId(),
                facts.skillVersion(),
                facts.parent(),
                facts.kind(),
                facts.time(),
                facts.cycle(),
                facts.experiences(),
                facts.adapterDigest(),
                facts.validation(),
                true);
    }

    static String sha256(String text) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("Every Java platform has SHA-256", impossible);
        }
    }
}
