package dev.apprentice.model;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A frozen base model. Adapters run beside it and are never merged into it; a call without an adapter passes through no adapter
 * code. Safe for use by several threads.
 */
public interface LanguageModel {

    ModelInfo info();

    Tokenizer tokenizer();

    /**
     * Generates until a stop condition; blocks, and calls the sink from this thread for each event, the last being
     * {@link GenerationEvent.Finished}. The adapter at the start is the adapter of the whole answer.
     *
     * @param recall has read what stands before the answer, and reads the answer on
     * @throws ModelException if the prompt does not fit the context, or the request asks for what cannot be done
     */
    GenerationEvent.Finished generate(
            GenerationRequest request, @Nullable Adapter adapter, Recall recall, GenerationSink sink);

    /** Generates without recall. */
    default GenerationEvent.Finished generate(
            GenerationRequest request, @Nullable Adapter adapter, GenerationSink sink) {
        return generate(request, adapter, Recall.NONE, sink);
    }

    /** The prompt that asks for what stands between prefix and suffix; empty if this model was not trained for it. */
    Optional<int[]> fillInTheMiddle(String prefix, String suffix);

    /**
     * The prompt of a conversation that the model goes on with as the assistant, by the template that came with it; empty if none did.
     * Text that spells a special token stays text.
     *
     * @throws ModelException if the template is not supported, or refuses the conversation
     */
    Optional<int[]> conversation(List<ChatMessage> messages);

    /**
     * Scores how well the model foretells tokens {@code from}, …, tokens.length−1, each given all before it.
     *
     * @param from at least 1
     * @param recall has read what stands before the tokens, if anything, and reads them
     */
    Scores score(int[] tokens, int from, @Nullable Adapter adapter, Recall recall);

    /** Scores without recall. */
    default Scores score(int[] tokens, int from, @Nullable Adapter adapter) {
        return score(tokens, from, adapter, Recall.NONE);
    }

    /**
     * The meaning of a text as a vector: the mean of its tokens' hidden states after the final norm, scaled to length 1.
     *
     * @param tokens at least one
     * @return (width)
     */
    float[] embed(int[] tokens, @Nullable Adapter adapter);

    /**
     * The hidden states after the final norm, without an adapter, from which tokens {@code from}, …, tokens.length−1 are foretold.
     *
     * @param from at least 1
     * @return (tokens.length − from, width), row-major
     */
    float[] states(int[] tokens, int from);

    /**
     * A new adapter that has no effect yet: A is Kaiming-uniform by the seed, B is zero (arXiv 2106.09685), magnitudes are the norms
     * of the rows, factors are 1.
     */
    Adapter freshAdapter(AdapterSpec spec, long seed);

    /** An adapter from flat values in the order of {@link #freshAdapter}'s; the values are copied. */
    Adapter adapterOf(AdapterSpec spec, MemorySegment values);

    /**
     * Reads an adapter in PEFT form.
     *
     * @throws ModelException if it belongs to another base, or a name, shape, number or length is wrong
     */
    Adapter readAdapter(AdapterFiles files);

    /** Writes an adapter in PEFT form; {@link #readAdapter} gives the same digest back. */
    AdapterFiles writeAdapter(Adapter adapter);

    /**
     * Writes a LoRA adapter as a GGUF file, as llama.cpp reads it.
     *
     * @throws ModelException if it is of another kind, which such files cannot hold
     */
    void writeGgufAdapter(Adapter adapter, Path file);

    /** What this machine's owner allows a trainer. */
    default TrainingBudget trainingBudget() {
        return TrainingBudget.DEFAULT;
    }

    /** A trainer that starts from the adapter's values, within {@link #trainingBudget}. Close it to free that. */
    default Trainer trainer(Adapter start) {
        return trainer(start, trainingBudget());
    }

    /**
     * A trainer within a budget of memory.
     *
     * @throws ModelException if the longest sample does not fit; the message says how much is missing
     */
    Trainer trainer(Adapter start, TrainingBudget budget);
}
