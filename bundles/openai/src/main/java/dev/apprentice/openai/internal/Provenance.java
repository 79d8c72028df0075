package dev.apprentice.openai.internal;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.apprentice.model.Adapter;
import dev.apprentice.model.GenerationEvent;
import dev.apprentice.skills.ServingSkill;

/**
 * What made an answer; fields of a skill are empty if the base answered.
 *
 * @param suffixUsed whether a suffix took part; false too where the model cannot fill gaps
 */
record Provenance(
        String base,
        String skill,
        @JsonProperty("skill_version") String skillVersion,
        String commit,
        String adapter,
        long seed,
        @JsonProperty("suffix_used") boolean suffixUsed) {
    static final String HEADER = "Apprentice-Provenance";

    static Provenance expected(String base, Responder responder, long seed, boolean suffixUsed) {
        return switch (responder) {
            case Responder.Base _ -> new Provenance(base, "", "", "", "", seed, suffixUsed);
            case Responder.Skill(ServingSkill serving) -> {
                Adapter adapter = serving.adapter();
                yield new Provenance(
                        base, serving.id(), serving.version(), serving.commit(), adapter.digest(), seed, suffixUsed);
            }
        };
    }

    /** The same, with what the model itself says took part. */
    Provenance confirmed(GenerationEvent.Provenance actual) {
        return new Provenance(
                actual.baseDigest(), skill, skillVersion, commit, actual.adapterDigest(), actual.seed(), suffixUsed);
    }

    String asHeader() {
        return "base=%s; skill=%s; version=%s; commit=%s; adapter=%s; seed=%d"
                .formatted(base, skill, skillVersion, commit, adapter, seed)
                .replaceAll("[^\\x20-\\x7e]", "?");
    }
}
