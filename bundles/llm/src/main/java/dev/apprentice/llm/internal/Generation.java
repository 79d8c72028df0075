package dev.apprentice.llm.internal;

import dev.apprentice.compute.Tensor;
import dev.apprentice.model.GenerationEvent;
import dev.apprentice.model.GenerationEvent.FinishReason;
import dev.apprentice.model.GenerationRequest;
import dev.apprentice.model.GenerationSink;
import java.lang.foreign.Arena;
import java.util.Set;

/** One answer: read the prompt, then choose, show and read token after token until a stop condition. */
final class Generation {
    private final Transformer transformer;
    private final Weights weights;
    private final Session session;
    private final ByteLevelTokenizer tokenizer;
    private final Set<Integer> ends;
    private final GenerationRequest request;
    private final GenerationSink sink;
    private final Sampler sampler;
    private final StopFilter stops;
    private final Utf8Stream text = new Utf8Stream();
    private final float[] loss = new float[1];
    private final int[] best = new int[1];
    private final int[] token = new int[1];
    private int generated;
    private long decodeNanos;

    Generation(LlamaModel model, Session session, Set<Integer> ends, GenerationRequest request, GenerationSink sink) {
        this.transformer = model.transformer();
        this.weights = model.weights();
        this.session = session;
        this.tokenizer = model.tokenizer();
        this.ends = ends;
        this.request = request;
        this.sink = sink;
        this.sampler = new Sampler(request.sampling(), transformer.config().vocabulary());
        this.stops = new StopFilter(request.stops());
    }

    GenerationEvent.Finished run(GenerationEvent.Provenance provenance) {
        FinishReason reason;
        try (Arena arena = Arena.ofShared()) {
            reason = generate(Tensor.allocate(arena, 1, transformer.config().vocabulary()));
        }
        double millis = generated < 2 ? 0 : decodeNanos / 1e6 / (generated - 1);
        GenerationEvent.Usage usage = new GenerationEvent.Usage(request.prompt().length, generated, millis);
        GenerationEvent.Finished finished = new GenerationEvent.Finished(reason, usage, provenance);
        sink.accept(finished);
        return finished;
    }

    private FinishReason generate(Tensor logits) {
        int[] prompt = request.prompt();
        sampler.see(prompt);
        Tensor hidden = session.read(prompt);
        transformer.head(weights, hidden.rows(prompt.length - 1, 1), logits);
        while (true) {
            token[0] = sampler.choose(logits);
            sampler.see(token);
            if (ends.contains(token[0])) {
                return flush(logits, FinishReason.STOP);
            }
            generated++;
            String shown = stops.add(text.add(tokenizer.bytes(token[0])));
            if (!show(shown, logits)) {
                return FinishReason.CANCELLED;
            }
            if (stops.stopped()) {
                return FinishReason.STOP;
            }
            if (generated == request.maxTokens()
                    || session.length() == transformer.config().context()) {
                return flush(logits, FinishReason.LENGTH);
            }
            long start = System.nanoTime();
            transformer.head(weights, session.read(token), logits);
            decodeNanos += System.nanoTime() - start;
        }
    }

    /** Shows what was held back when no more text comes. */
    private FinishReason flush(Tensor logits, FinishReason reason) {
        String last = stops.add(text.finish());
        boolean more = show(last + stops.finish(), logits);
        return more ? reason : FinishReason.CANCELLED;
    }

    private boolean show(String piece, Tensor logits) {
        if (piece.isEmpty()) {
            return true;
        }
        transformer.kernels().score(logits, token, loss, best);
        return sink.accept(new GenerationEvent.Piece(piece, -loss[0]));
    }
}
