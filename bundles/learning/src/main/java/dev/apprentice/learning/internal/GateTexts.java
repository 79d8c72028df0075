package dev.apprentice.learning.internal;

import dev.apprentice.learning.LearnerProfile;
import dev.apprentice.model.TrainingSample;
import dev.apprentice.model.TrainingSample.Objective;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** The texts that the gate measures on, none of which is ever trained on. */
record GateTexts(List<Scorer.Text> personal, List<Scorer.Text> general, List<Scorer.Text> publisher) {
    /** Cycles between changes of the texts: while they stay, the scores after one cycle are those before the next. */
    private static final int ROTATION = 10;

    private static final int PERSONAL_TEXTS = 6;
    private static final int GENERAL_TOKENS = 1500;
    private static final int PUBLISHER_TOKENS = 1000;

    /** How much to measure: a cycle's share, or all there is for a change of version. */
    enum Extent {
        CYCLE(1),
        VERSION(4);

        private final int factor;

        Extent(int factor) {
            this.factor = factor;
        }
    }

    /** The texts at a number of cycles tried. */
    static GateTexts choose(
            LearnerProfile profile,
            int attempts,
            Extent extent,
            Experiences experiences,
            Rehearsal rehearsal,
            Samples samples) {
        SplittableRandom random = new SplittableRandom(attempts / ROTATION);
        int length = profile.settings().sequenceLength();
        List<Scorer.Text> personal = new ArrayList<>();
        for (Experiences.Stored stored :
                draw(experiences.validation(Integer.MAX_VALUE), PERSONAL_TEXTS * extent.factor, random)) {
            personal.add(new Scorer.Text("personal " + stored.id(), samples.of(stored.experience())));
        }
        List<Integer> all = new ArrayList<>();
        for (int i = 0; i < rehearsal.gate().size(); i++) {
            all.add(i);
        }
        List<Scorer.Text> general = new ArrayList<>();
        for (int index : draw(all, Math.max(1, GENERAL_TOKENS * extent.factor / length), random)) {
            general.add(text("general " + index, rehearsal.gate().get(index)));
        }
        List<Scorer.Text> publisher = new ArrayList<>();
        int left = PUBLISHER_TOKENS;
        for (int[] tokens : samples.pack(profile.validation())) {
            int[] kept = Arrays.copyOf(tokens, Math.min(left, tokens.length));
            left -= kept.length;
            if (kept.length > 1) {
                publisher.add(text("publisher " + publisher.size() + " " + profile.skillVersion(), kept));
            }
        }
        return new GateTexts(personal, general, publisher);
    }

    private static Scorer.Text text(String key, int[] tokens) {
        return new Scorer.Text(key, new TrainingSample(tokens, 1, Objective.NEXT_TOKEN));
    }

    private static <T> List<T> draw(List<T> from, int count, SplittableRandom random) {
        List<T> left = new ArrayList<>(from);
        List<T> drawn = new ArrayList<>();
        while (drawn.size() < count && !left.isEmpty()) {
            drawn.add(left.remove(random.nextInt(left.size())));
        }
        return drawn;
    }
}
