package dev.apprentice.openai.internal;

import dev.apprentice.model.GenerationEvent.Finished;
import dev.apprentice.model.ScoredToken;
import java.util.List;

/**
 * One whole answer.
 *
 * @param index among the answers to its question
 * @param tokens empty if nobody asked for them
 */
record Answer(int index, String text, List<ScoredToken> tokens, Finished finished) {}
