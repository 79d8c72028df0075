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
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Measures what serves on held-out files and on the core set. What is recalled from a file is all that stands before, as an editor sends it. */
final class Measure {
    private static final int FEWEST_LINES = 400;
    private static final int TOKENS_A_LINE = 100; // where many tokens are measured, a line is asked for in each so many
    private static final int LINES_AT_ONCE = 8; // their tokens are foretold together
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
        Tally own = new Tally();
        List<Answer> answers = new ArrayList<>();
        Map<HeldOut, List<NextLine>> places =
                NextLine.spread(heldOut, lines(heldOut)).stream().collect(Collectors.groupingBy(NextLine::file));
        try (ExecutorService threads = Executors.newFixedThreadPool(LINES_AT_ONCE)) {
            for (int i = 0; i < heldOut.size(); i++) {
                HeldOut file = heldOut.get(i);
                for (Sequence sequence : sequences(file)) {
                    score(sequence, recallAfter(sequence.earlier()), own);
                }
                answers.addAll(complete(places.getOrDefault(file, List.of()), threads));
                progress.update("held-out code", i + 1, heldOut.size());
            }
        }
        Tally general = new Tally();
        for (int i = 0; i < core.size(); i++) {
            for (Sequence window : windows(core.get(i))) {
                score(window, served.memory().recall(), general);
            }
            progress.update("core set", i + 1, core.size());
        }
        return new Measurement(
                commit,
                personal(answers, own),
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

    /** How many lines are asked for. */
    private int lines(List<HeldOut> heldOut) {
        Chunks chunks = Chunks.toMeasure(model.tokenizer());
        long tokens = heldOut.stream()
                .flatMap(file -> chunks.pieces(file.text(), file.lines()).stream())
                .mapToLong(Chunks.Piece::tokens)
                .sum();
        return Math.toIntExact(Math.max(FEWEST_LINES, tokens / TOKENS_A_LINE));
    }

    private List<Sequence> sequences(HeldOut file) {
        List<Sequence> sequences = new ArrayList<>();
        for (Chunks.Piece piece : Chunks.toMeasure(model.tokenizer()).pieces(file.text(), file.lines())) {
            int[] before = model.tokenizer().encode(piece.before());
            int[] text = model.tokenizer().encode(piece.text());
            String all = file.linesBefore(piece.lines().from());
            String earlier = all.substring(0, all.length() - piece.before().length());
            sequences.add(new Sequence(earlier, concatenated(before, text), Math.max(1, before.length)));
        }
        return sequences;
    }

    private List<Sequence> windows(String text) {
        int[] tokens = model.tokenizer().encode(text);
        List<Sequence> sequences = new ArrayList<>();
        for (int from = 0; from + 1 < tokens.length; from += Chunks.MEASURED) {
            sequences.add(new Sequence(
                    "", Arrays.copyOfRange(tokens, from, Math.min(tokens.length, from + Chunks.MEASURED)), 1));
        }
        return sequences;
    }

    /** What is recalled after a text, of which it reads as much as a request may hold. */
    private Recall recallAfter(String before) {
        Recall recall = served.memory().recall();
        int[] tokens = model.tokenizer().encode(before);
        int first = Math.max(0, tokens.length - model.info().contextLength());
        recall.read(Arrays.copyOfRange(tokens, first, tokens.length));
        return recall;
    }

    private void score(Sequence sequence, Recall recall, Tally tally) {
        if (sequence.from() < sequence.tokens().length) {
            Scores scores = model.score(sequence.tokens(), sequence.from(), served.adapter(), recall);
            tally.tokens += scores.nats().length;
            tally.hits += scores.hitCount();
            tally.nats += scores.totalNats();
        }
    }

    /** A line that was asked for, and what came. */
    private record Answer(String wanted, String given) {
        boolean exact() {
            return given.equals(wanted);
        }

        double similarity() {
            return EditDistance.similarity(given, wanted);
        }
    }

    private List<Answer> complete(List<NextLine> places, Executor threads) {
        List<CompletableFuture<Answer>> answers = places.stream()
                .map(place -> CompletableFuture.supplyAsync(
                        () -> new Answer(place.line(), complete(place.before())), threads))
                .toList();
        try {
            return answers.stream().map(CompletableFuture::join).toList();
        } catch (CompletionException fault) {
            throw fault.getCause() instanceof RuntimeException cause ? cause : fault;
        }
    }

    private String complete(String before) {
        int[] prompt = prompt(before);
        Recall recall = recallAfter(before);
        StringBuilder answer = new StringBuilder();
        GenerationRequest request = new GenerationRequest(prompt, LINE_TOKENS, Sampling.GREEDY, List.of("\n"));
        model.generate(request, served.adapter(), recall, event -> {
            if (event instanceof GenerationEvent.Piece piece) {
                answer.append(piece.text());
            }
            return true;
        });
        return answer.toString().strip();
    }

    private static Personal personal(List<Answer> answers, Tally tally) {
        int lines = answers.size();
        double exact = answers.stream().filter(Answer::exact).count() / Math.max(1.0, lines);
        return new Personal(
                exact,
                halfWidth(exact, lines),
                answers.stream().mapToDouble(Answer::similarity).average().orElse(0),
                tally.top1(),
                tally.meanNats(),
                lines,
                tally.tokens);
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
