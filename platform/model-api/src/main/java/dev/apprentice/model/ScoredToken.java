package dev.apprentice.model;

import java.util.List;

/**
 * A token and how likely the model held it.
 *
 * @param logProbability natural logarithm, by the model's own logits with what is recalled, before penalties, bias, temperature and filters
 * @param alternatives the likeliest tokens at this place, likeliest first; empty for one of these
 */
public record ScoredToken(int id, double logProbability, List<ScoredToken> alternatives) {
    public ScoredToken {
        alternatives = List.copyOf(alternatives);
    }
}
