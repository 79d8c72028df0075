package dev.apprentice.testkit;

import dev.apprentice.model.Recall;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Keeps what it is told, and foretells the same after whatever it reads. */
public final class RecordedRecall implements Recall {
    private final List<Integer> read = new ArrayList<>();
    private final List<Integer> written = new ArrayList<>();
    private final List<Integer> lasts = new ArrayList<>();
    private final List<Integer> nexts = new ArrayList<>();
    private final List<float[]> states = new ArrayList<>();
    private final Optional<Foretold> foretold;

    private RecordedRecall(Optional<Foretold> foretold) {
        this.foretold = foretold;
    }

    public static RecordedRecall foretelling(Foretold foretold) {
        return new RecordedRecall(Optional.of(foretold));
    }

    public static RecordedRecall foretellingNothing() {
        return new RecordedRecall(Optional.empty());
    }

    @Override
    public void read(int token) {
        read.add(token);
    }

    @Override
    public void wrote(int token) {
        written.add(token);
    }

    @Override
    public void seen(int last, float[] state, int next) {
        lasts.add(last);
        nexts.add(next);
        states.add(state);
    }

    @Override
    public Optional<Foretold> next(float[] state, double surest) {
        states.add(state);
        return foretold;
    }

    public List<Integer> tokensRead() {
        return read;
    }

    public List<Integer> tokensWritten() {
        return written;
    }

    /** The tokens before the places seen. */
    public List<Integer> lasts() {
        return lasts;
    }

    /** The tokens that followed there. */
    public List<Integer> nexts() {
        return nexts;
    }

    /** Of the places seen and of those asked for, in the order in which they came. */
    public List<float[]> states() {
        return states;
    }
}
