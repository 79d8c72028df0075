package dev.apprentice.model;

/** Receives the events of one generation, in order, on the generating thread. */
@FunctionalInterface
public interface GenerationSink {
    /** Takes an event; false cancels the generation before its next token. */
    boolean accept(GenerationEvent event);
}
