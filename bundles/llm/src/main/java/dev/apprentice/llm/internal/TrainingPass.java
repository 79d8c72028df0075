package dev.apprentice.llm.internal;

import dev.apprentice.compute.Tensor;
import dev.apprentice.model.TrainingPlan;
import dev.apprentice.model.TrainingSample.Objective;
import dev.apprentice.model.WeightedSample;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Forward over samples, their losses, and the way back to what is trained, in buffers that the next pass uses again. One thread at a time. */
final class TrainingPass implements AutoCloseable {
    private final Transformer transformer;
    private final Network network;
    private final Network base;
    private final Scratch scratch = new Scratch();
    private final Scratch ofBlock = new Scratch();

    /** @param base the teacher of samples that are to keep what it says */
    TrainingPass(Transformer transformer, Network network, Network base) {
        this.transformer = transformer;
        this.network = network;
        this.base = base;
    }

    /** Makes what the gradients of a pass are added to; it may need memory for as long as that pass. */
    interface Sinks {
        GradientSink of(Packing packing, Scratch scratch);
    }

    /**
     * Runs samples in as few passes as the plan allows and adds up their gradients.
     *
     * @return the mean loss of each sample in nats, before weighting
     */
    double[] run(List<WeightedSample> samples, TrainingPlan plan, Sinks sinks, EndGradients ends) {
        double[] losses = new double[samples.size()];
        for (int from = 0; from < samples.size(); ) {
            int to = end(samples, from, plan.tokensPerPass());
            double[] part = pass(Packing.of(samples.subList(from, to)), plan, sinks, ends);
            System.arraycopy(part, 0, losses, from, part.length);
            from = to;
        }
        return losses;
    }

    /** The first sample that does not fit into a pass any more; one always does. */
    private static int end(List<WeightedSample> samples, int from, int most) {
        int tokens = 0;
        int to = from;
        while (to < samples.size()) {
            tokens += samples.get(to).sample().tokens().length;
            if (to > from && tokens > most) {
                break;
            }
            to++;
        }
        return to;
    }

    /** One pass there and back. */
    private double[] pass(Packing packing, TrainingPlan plan, Sinks sinks, EndGradients ends) {
        scratch.reset();
        GradientSink sink = sinks.of(packing, scratch);
        Tape tape = Tape.record(transformer, network, packing, plan.activations(), scratch, ofBlock);
        Tensor dHidden =
                scratch.tensor(packing.tokens().length, transformer.config().width());
        dHidden.clear();
        double[] losses = new double[packing.spans().size()];
        for (Objective objective : Objective.values()) {
            List<Packing.Span> spans = LossRows.of(packing, objective);
            if (!spans.isEmpty()) {
                double[] own = new double[spans.size()];
                new LossRows(transformer, network.weights(), ends, spans, plan.headRows())
                        .run(tape.output(), teacher(objective, spans), sink, dHidden, own, scratch);
                for (int i = 0; i < own.length; i++) {
                    losses[packing.spans().indexOf(spans.get(i))] = own[i];
                }
            }
        }
        new BackwardPass(transformer, network, packing, sink, scratch).run(network, tape, dHidden);
        ends.embedding(packing.tokens(), dHidden);
        return losses;
    }

    /** What the base alone makes of the spans, where it is the teacher. */
    private LossRows.@Nullable Teacher teacher(Objective objective, List<Packing.Span> spans) {
        return switch (objective) {
            case NEXT_TOKEN -> null;
            case KEEP_BASE -> {
                Packing packing =
                        Packing.of(spans.stream().map(Packing.Span::weighted).toList());
                ModelConfig config = transformer.config();
                int n = packing.tokens().length;
                int keyValueWidth = config.attention().keyValueWidth();
                ofBlock.reset();
                Activations at = Activations.reused(ofBlock, config, n, base);
                KeyValues keyValues = new KeyValues(ofBlock.tensor(n, keyValueWidth), ofBlock.tensor(n, keyValueWidth));
                transformer.embed(base.weights(), packing.tokens(), at.input());
                for (Network.Block block : base.blocks()) {
                    transformer.block(block, packing.past(transformer, keyValues), at);
                }
                yield new LossRows.Teacher(packing.spans(), at.output());
            }
        };
    }

    /** Bytes of the buffers of the largest pass so far. */
    long heldBytes() {
        return scratch.bytes() + ofBlock.bytes();
    }

    @Override
    public void close() {
        scratch.close();
        ofBlock.close();
    }
}
