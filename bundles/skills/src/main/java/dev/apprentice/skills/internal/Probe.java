package dev.apprentice.skills.internal;

import dev.apprentice.model.Adapter;
import dev.apprentice.model.LanguageModel;
import dev.apprentice.model.Scores;
import dev.apprentice.skills.SkillException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Tries a shipped adapter on its publisher's own texts: it must change what the model says there, and not for the worse. */
final class Probe {
    /** Mean change in nats a token below which an adapter counts as having no effect. */
    private static final double LEAST_EFFECT = 1e-5;

    private static final double MOST_HARM = 1.02;
    private static final int MOST_TOKENS = 4000;

    private Probe() {}

    static void run(LanguageModel model, Adapter adapter, List<String> texts) {
        double base = 0;
        double adapted = 0;
        double change = 0;
        int count = 0;
        for (String text : texts) {
            int[] tokens = model.tokenizer().encode(text);
            int length = Math.min(
                    tokens.length, Math.min(MOST_TOKENS - count, model.info().contextLength()));
            if (length < 2) {
                continue;
            }
            int[] sample = Arrays.copyOf(tokens, length);
            Scores without = model.score(sample, 1, null);
            Scores with = model.score(sample, 1, adapter);
            for (int i = 0; i < length - 1; i++) {
                base += without.nats()[i];
                adapted += with.nats()[i];
                change += Math.abs(with.nats()[i] - without.nats()[i]);
            }
            count += length - 1;
        }
        judge(count, base, adapted, change);
    }

    private static void judge(int count, double base, double adapted, double change) {
        if (count == 0 || !(change / count >= LEAST_EFFECT)) {
            throw new SkillException(
                    SkillException.Code.PROBE,
                    "The adapter has no effect on the skill's validation texts: ship a trained one");
        }
        if (!(adapted <= base * MOST_HARM)) {
            throw new SkillException(
                    SkillException.Code.PROBE,
                    String.format(
                            Locale.ROOT,
                            "The adapter makes the model worse on the skill's validation texts, from %.3f to %.3f nats a token: train it again",
                            base / count,
                            adapted / count));
        }
    }
}
