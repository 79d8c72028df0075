package dev.apprentice.market;

import dev.apprentice.market.SkillDetails.Difference;
import java.util.List;

/** A newer version of an installed skill, and what it would change. */
public record AvailableUpdate(
        String market, String publisher, String id, String installed, String available, List<Difference> changes) {
    public AvailableUpdate {
        changes = List.copyOf(changes);
    }
}
