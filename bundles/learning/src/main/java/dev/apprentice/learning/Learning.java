package dev.apprentice.learning;

import java.util.List;
import java.util.Optional;

/**
 * The learners of all skills. A change of learned state is prepared first, which takes time and changes nothing, and then
 * activated inside the transaction of whoever installs, so that bundle and learned state change together.
 */
public interface Learning {

    /**
     * Prepares what a skill will know after an install or update: the shipped adapter, or what was learned here rebased on it.
     *
     * @throws LearningException with code REFUSED if the validation gate refuses the result
     */
    PreparedState prepare(LearnerProfile profile);

    /** Prepares going back to a commit that was made under the profile's version of the skill. */
    PreparedState prepareRollback(LearnerProfile profile, String commit);

    /** Makes the prepared state the head, within the store transaction under way; it serves once that commits. */
    void activate(PreparedState state);

    /** Attaches a skill at start to the head it had; nothing is written. */
    Learner resume(LearnerProfile profile);

    /** Detaches a skill; within the store transaction under way. */
    void release(String skillId, LearnedState learned);

    Optional<Learner> learner(String skillId);

    /** The commits of a skill, newest first, whether it is attached or not. */
    List<Commit> log(String skillId);

    /** What becomes of learned state when a skill is removed. */
    enum LearnedState {
        KEEP,
        DESTROY
    }
}
