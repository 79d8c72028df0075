package dev.apprentice.learning.internal;

import dev.apprentice.learning.Measurement;
import dev.apprentice.learning.Measurement.Core;
import dev.apprentice.learning.Measurement.Latency;
import dev.apprentice.learning.Measurement.Personal;
import dev.apprentice.learning.Progress;
import dev.apprentice.model.Adapter;
import dev.apprentice.model.GenerationEvent;
import dev.apprentice.model.GenerationRequest;
import dev.apprentice.model.LanguageModel;
import dev.apprentice.model.Recall;
import dev.apprentice.model.Sampling;
import dev.apprentice.model.Scores;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Measures what serves on held-out files and on the core set. What is recalled from a file is all that stands before, as an editor sends it. */
final class Measure {
    private static final int LINES = 400;
    private static final int PROMPT_TOKENS = 256;
    private static final int PROMPT_CHARACTERS = 4 * PROMPT_TOKENS; // enough text for so many tokens
    private static final int LINE_TOKENS = 40;
    private static final int TIMED_PROMPTS = 6;
    private static final int TIMED_TOKENS = 48;
    private static final double NORMAL_95 = 1.96;

    private final LanguageModel model;
    private final Served served;
    private final Progress progress;

    Measure(LanguageModel model, Served served, Progress progress) {
        this.model = model;
        this.served = served;
        this.progress = progress;
    }

    Measurement run(String commit, List<HeldOut> heldOut, List<String> core) {
        Tally own = tally("held-out code", sequences(heldOut));
        Personal personal = completion(NextLine.spread(heldOut, LINES), own);
        Tally general = tally("core set", windows(core));
        return new Measurement(
                commit,
                personal,
                new Core(general.top1(), general.meanNats(), core.size(), general.tokens),
                latency(heldOut));
    }

    /** Sums over tokens. */
    private static final class Tally {
        private long tokens;
        private long hits;
        private double nats;

        double top1() {
            return tokens == 0 ? 0 : (double) hits / tokens;
        }

        double meanNats() {
            return tokens == 0 ? 0 : nats / tokens;
        }
    }

    /**
     * Tokens to foretell.
     *
     * @param earlier text before the tokens, which the model does not see
     * @param from the first token that counts
     */
    private record Sequence(String earlier, int[] tokens, int from) {}

    private List<Sequence> sequences(List<HeldOut> files) {
        Chunks chunks = Chunks.toMeasure(model.tokenizer());
        List<Sequence> sequences = new ArrayList<>();
        for (HeldOut file : files) {
            for (Chunks.Piece piece : chunks.pieces(file.text(), file.lines())) {
                int[] before = model.tokenizer().encode(piece.before());
                int[] text = model.tokenizer().encode(piece.text());
                String all = file.linesBefore(piece.lines().from());
                String earlier = all.substring(0, all.length() - piece.before().length());
                sequences.add(new Sequence(earlier, concatenated(before, text), Math.max(1, before.length)));
            }
        }
        return sequences;
    }

    private List<Sequence> windows(List<String> texts) {
        List<Sequence> sequences = new ArrayList<>();
        for (String text : texts) {
            int[] tokens = model.tokenizer().encode(text);
            for (int from = 0; from + 1 < tokens.length; from += Chunks.MEASURED) {
                sequences.add(new Sequence(
                        "", Arrays.copyOfRange(tokens, from, Math.min(tokens.length, from + Chunks.MEASURED)), 1));
            }
        }
        return sequences;
    }

    private Tally tally(String stage, List<Sequence> sequences) {
        Tally tally = new Tally();
        for (int i = 0; i < sequences.size(); i++) {
            Sequence sequence = sequences.get(i);
            if (sequence.from() < sequence.tokens().length) {
                Recall recall = after(sequence.earlier());
                Scores scores = model.score(sequence.tokens(), sequence.from(), served.adapter(), recall);
                tally.tokens += scores.nats().length;
                tally.hits += scores.hitCount();
                tally.nats += scores.totalNats();
            }
            progress.update(stage, i + 1, sequences.size());
        }
        return tally;
    }

    private Personal completion(List<NextLine> places, Tally tally) {
        int exact = 0;
        double similarity = 0;
        for (int i = 0; i < places.size(); i++) {
            String answer = complete(places.get(i).before());
            exact += answer.equals(places.get(i).line()) ? 1 : 0;
            similarity += EditDistance.similarity(answer, places.get(i).line());
            progress.update("next lines", i + 1, places.size());
        }
        int lines = places.size();
        double rate = lines == 0 ? 0 : (double) exact / lines;
        return new Personal(
                rate,
                halfWidth(rate, lines),
                lines == 0 ? 0 : similarity / lines,
                tally.top1(),
                tally.meanNats(),
                lines,
                tally.tokens);
    }

    private String complete(String before) {
        StringBuilder answer = new StringBuilder();
        GenerationRequest request = new GenerationRequest(prompt(before), LINE_TOKENS, Sampling.GREEDY, List.of("\n"));
        Recall recall = after(before);
        model.generate(request, served.adapter(), recall, event -> {
            if (event instanceof GenerationEvent.Piece piece) {
                answer.append(piece.text());
            }
            return true;
        });
        return answer.toString().strip();
    }

    /** What is recalled after a text, of which as much counts as a request may hold. */
    private Recall after(String before) {
        int[] tokens = model.tokenizer().encode(before);
        int first = Math.max(0, tokens.length - model.info().contextLength());
        Recall recall = served.memory().recall();
        recall.read(Arrays.copyOfRange(tokens, first, tokens.length));
        return recall;
    }

    private int[] prompt(String before) {
        String near = before.substring(Math.max(0, before.length() - PROMPT_CHARACTERS));
        int[] tokens = model.tokenizer().encode(near);
        return Arrays.copyOfRange(tokens, Math.max(0, tokens.length - PROMPT_TOKENS), tokens.length);
    }

    /** Half the width of the Wilson score interval (1927), which also holds for rates near 0. */
    private static double halfWidth(double rate, int count) {
        if (count == 0) {
            return 0;
        }
        double square = NORMAL_95 * NORMAL_95;
        double root = Math.sqrt(rate * (1 - rate) / count + square / (4.0 * count * count));
        return NORMAL_95 * root / (1 + square / count);
    }

    /** Median over prompts, without and with the adapter in turn, so that a busy moment of the machine hits both. */
    private Latency latency(List<HeldOut> files) {
        List<int[]> prompts = NextLine.spread(files, TIMED_PROMPTS).stream()
                .map(place -> prompt(place.before()))
                .toList();
        double[] base = new double[prompts.size()];
        double[] adapted = new double[prompts.size()];
        for (int i = 0; i < prompts.size(); i++) {
            base[i] = millisPerToken(prompts.get(i), null, Recall.NONE);
            Recall recall = served.memory().recall();
            recall.read(prompts.get(i));
            adapted[i] = millisPerToken(prompts.get(i), served.adapter(), recall);
            progress.update("latency", i + 1, prompts.size());
        }
        return new Latency(median(base), median(adapted));
    }

    private double millisPerToken(int[] prompt, @Nullable Adapter with, Recall recall) {
        GenerationRequest request = new GenerationRequest(prompt, TIMED_TOKENS, Sampling.GREEDY, List.of());
        return model.generate(request, with, recall, event -> true).usage().millisPerToken();
    }

    private static int[] concatenated(int[] first, int[] second) {
        int[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    private static double median(double[] values) {
        Arrays.sort(values);
        return values.length == 0 ? 0 : (values[values.length / 2] + values[(values.length - 1) / 2]) / 2;
    }
}
