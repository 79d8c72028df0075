package dev.apprentice.openai.internal;

import java.time.Instant;
import java.util.UUID;

/** What is the same in all chunks of an answer. */
record AnswerHead(String id, long created, String model) {
    static AnswerHead of(String prefix, String model) {
        return new AnswerHead(
                prefix + UUID.randomUUID().toString().replace("-", ""),
                Instant.now().getEpochSecond(),
                model);
    }
}
