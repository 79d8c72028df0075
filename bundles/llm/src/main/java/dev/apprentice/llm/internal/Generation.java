package dev.apprentice.llm.internal;

import dev.apprentice.compute.Tensor;
import dev.apprentice.model.GenerationEvent;
import dev.apprentice.model.GenerationEvent.FinishReason;
import dev.apprentice.model.GenerationRequest;
import dev.apprentice.model.GenerationSink;
import dev.apprentice.model.Recall;
import dev.apprentice.model.ScoredToken;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/** One answer: read the prompt, then choose, show and read token after token until a stop condition. */
final class Generation {
    private final Reader reader;
    private final RecallMixer recall;
    private final ByteLevelTokenizer tokenizer;
    private final Set<Integer> ends;
    private final ModelConfig config;
    private final GenerationRequest request;
    private final GenerationSink sink;
    private final Constraint constraint;
    private final Sampler sampler;
    private final StopFilter stops;
    private final Utf8Stream text = new Utf8Stream();
    private final HeldTokens held = new HeldTokens();
    private int generated;
    private long decodeNanos;

    /** Reads tokens and foretells what follows them. */
    interface Reader {
        /**
         * Reads the prompt and writes what follows.
         *
         * @param recall sees the states of the prompt
         * @return how many of its tokens were known before
         */
        int prompt(int[] tokens, RecallMixer recall, StepResult result);

        /** Reads a token and writes what follows. */
        void next(int token, StepResult result);

        /** How many tokens may still be read. */
        int room();
    }

    Generation(
            LlamaModel model,
            Reader reader,
            Recall recall,
            Constraint constraint,
            Set<Integer> ends,
            GenerationRequest request,
            GenerationSink sink) {
        this.reader = reader;
        this.recall = new RecallMixer(recall, model.transformer().kernels());
        this.tokenizer = model.tokenizer();
        this.ends = ends;
        this.config = model.transformer().config();
        this.request = request;
        this.sink = sink;
        this.constraint = constraint;
        this.sampler = new Sampler(request.sampling(), config.vocabulary());
        this.stops = new StopFilter(request.stops());
    }

    GenerationEvent.Finished run(GenerationEvent.Provenance provenance) {
        FinishReason reason;
        int cached;
        int[] prompt = request.prompt();
        try (Arena arena = Arena.ofShared()) {
            StepResult result = StepResult.allocate(arena, config);
            sampler.see(prompt);
            cached = reader.prompt(prompt, recall, result);
            recall.mix(result);
            reason = answer(result);
        }
        double millis = generated < 2 ? 0 : decodeNanos / 1e6 / (generated - 1);
        GenerationEvent.Usage usage = new GenerationEvent.Usage(prompt.length, cached, generated, millis);
        GenerationEvent.Finished finished = new GenerationEvent.Finished(reason, usage, provenance);
        sink.accept(finished);
        return finished;
    }

    private FinishReason answer(StepResult result) {
        while (true) {
            int left = Math.min(request.maxTokens() - generated, reader.room() + 1);
            int token = sampler.choose(result.logits(), constraint, left);
            if (ends.contains(token)) {
                return flush(FinishReason.STOP);
            }
            generated++;
            sampler.note(token);
            constraint.take(token);
            if (!show(token, result.logits())) {
                return FinishReason.CANCELLED;
            }
            if (stops.stopped()) {
                return FinishReason.STOP;
            }
            if (constraint.complete()) {
                return flush(FinishReason.STOP);
            }
            if (left == 1) {
                return flush(FinishReason.LENGTH);
            }
            long start = System.nanoTime();
            reader.next(token, result);
            recall.wrote(token);
            recall.mix(result);
            decodeNanos += System.nanoTime() - start;
        }
    }

    /** Shows what a token completes; false if the sink wants no more. */
    private boolean show(int token, Tensor logits) {
        String decoded = text.add(tokenizer.bytes(token));
        OptionalInt alternatives = request.alternatives();
        if (alternatives.isPresent()) {
            held.add(LogProbabilities.of(logits, token, alternatives.getAsInt()), decoded.length());
        }
        String piece = stops.add(decoded);
        return send(piece, held.release(piece.length()));
    }

    /** Shows what was held back when no more text comes. */
    private FinishReason flush(FinishReason reason) {
        String piece = stops.add(text.finish()) + stops.finish();
        return send(piece, held.rest()) ? reason : FinishReason.CANCELLED;
    }

    private boolean send(String piece, List<ScoredToken> tokens) {
        return (piece.isEmpty() && tokens.isEmpty()) || sink.accept(new GenerationEvent.Piece(piece, tokens));
    }
}
