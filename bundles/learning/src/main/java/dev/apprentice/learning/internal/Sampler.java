package dev.apprentice.learning.internal;

import dev.apprentice.learning.LearningException;
import dev.apprentice.learning.LearningSettings;
import dev.apprentice.model.TrainingSample;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Chooses what a cycle trains on: the next of the queue, prioritised replay, and rehearsal. */
final class Sampler {
    private static final double BETA_START = 0.4; // arXiv 1511.05952: β rises to 1
    private static final double BETA_CYCLES = 100;

    private final String skill;
    private final LearningSettings settings;
    private final Experiences experiences;
    private final Samples samples;
    private final Rehearsal rehearsal;

    Sampler(String skill, LearningSettings settings, Experiences experiences, Samples samples, Rehearsal rehearsal) {
        this.skill = skill;
        this.settings = settings;
        this.experiences = experiences;
        this.samples = samples;
        this.rehearsal = rehearsal;
    }

    /**
     * The batch at a position. All chance comes from the skill and the number of cycles tried, so it is part of every checkpoint.
     *
     * @throws LearningException if nothing waits and nothing can be replayed
     */
    Batch at(StoredCommit.Position position, int cycle, ReplayBuffer buffer) {
        SplittableRandom random = new SplittableRandom(skill.hashCode() * 31L + position.attempts());
        List<Experiences.Stored> fresh = experiences.waiting(position.cursor(), settings.experiencesPerCycle());
        double beta = Math.min(1, BETA_START + (1 - BETA_START) * cycle / BETA_CYCLES);
        List<ReplayBuffer.Drawn> drawn =
                settings.replayPerCycle() == 0 ? List.of() : buffer.sample(settings.replayPerCycle(), beta, random);
        if (fresh.isEmpty() && drawn.isEmpty()) {
            throw new LearningException(
                    LearningException.Code.NOTHING_TO_DO,
                    "The skill " + skill
                            + " has nothing to learn from: take in a folder of code or send feedback first");
        }
        List<Batch.Item> items = new ArrayList<>();
        fresh.forEach(stored -> items.add(new Batch.Item(stored.id(), samples.of(stored.experience()), 1)));
        Map<Long, Double> weights = new HashMap<>();
        drawn.forEach(draw -> weights.put(draw.id(), draw.weight()));
        for (Experiences.Stored stored :
                experiences.byId(drawn.stream().map(ReplayBuffer.Drawn::id).toList())) {
            items.add(new Batch.Item(
                    stored.id(), samples.of(stored.experience()), weights.getOrDefault(stored.id(), 1.0)));
        }
        List<TrainingSample> general = rehearsal.draw(settings.rehearsalPerCycle(), random).stream()
                .map(tokens -> new TrainingSample(tokens, 1, TrainingSample.Objective.KEEP_BASE))
                .toList();
        long cursor = fresh.isEmpty() ? position.cursor() : fresh.getLast().id();
        return new Batch(
                normalised(items),
                general,
                fresh.size(),
                new StoredCommit.Position(cursor, position.attempts() + 1, position.step()));
    }

    private static List<Batch.Item> normalised(List<Batch.Item> items) {
        double sum = items.stream().mapToDouble(Batch.Item::weight).sum();
        return items.stream()
                .map(item -> new Batch.Item(item.id(), item.sample(), item.weight() / sum))
                .toList();
    }
}
