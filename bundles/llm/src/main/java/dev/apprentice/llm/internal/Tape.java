package dev.apprentice.llm.internal;

import dev.apprentice.compute.Tensor;
import java.util.ArrayList;
import java.util.List;

/** All that the backward pass needs of a forward pass over one sequence of n tokens. */
record Tape(List<Activations> activations, List<KeyValues> keyValues) {

    /** Runs the sequence through the network and keeps what every block computed. */
    static Tape record(Transformer transformer, Network network, int[] tokens, Scratch scratch) {
        ModelConfig config = transformer.config();
        int n = tokens.length;
        int keyValueWidth = config.attention().keyValueWidth();
        Tape tape = new Tape(new ArrayList<>(), new ArrayList<>());
        Tensor hidden = scratch.tensor(n, config.width());
        transformer.embed(network.weights(), tokens, hidden);
        for (Network.Block block : network.blocks()) {
            Activations activations = Activations.kept(scratch, config, n, block, hidden);
            KeyValues keyValues = new KeyValues(scratch.tensor(n, keyValueWidth), scratch.tensor(n, keyValueWidth));
            transformer.block(block, 0, keyValues, activations);
            tape.activations().add(activations);
            tape.keyValues().add(keyValues);
            hidden = activations.output();
        }
        return tape;
    }

    /** Hidden states after the last block (n, width), before the final norm. */
    Tensor output() {
        return activations.getLast().output();
    }
}
