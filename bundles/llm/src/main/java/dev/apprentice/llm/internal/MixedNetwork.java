package dev.apprentice.llm.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Several networks over the same weights as one, for rows of which each belongs to one of them. */
@SuppressWarnings(
        "ReferenceEquality") // a model has one network object for each adapter, so that they are told apart quickly
final class MixedNetwork {
    private MixedNetwork() {}

    /** @param rows the network of each row; rows of one network may be neighbours, which makes larger products */
    static Network of(List<Network> rows) {
        Network first = rows.getFirst();
        if (rows.stream().allMatch(network -> network == first)) {
            return first;
        }
        List<Network.Block> blocks = new ArrayList<>();
        for (int layer = 0; layer < first.blocks().size(); layer++) {
            int at = layer;
            List<Network.Block> of =
                    rows.stream().map(network -> network.blocks().get(at)).toList();
            blocks.add(new Network.Block(
                    of.getFirst().attentionNorm(),
                    of.getFirst().headNorms(),
                    mix(of, Network.Block::query),
                    mix(of, Network.Block::key),
                    mix(of, Network.Block::value),
                    mix(of, Network.Block::output),
                    of.getFirst().feedForwardNorm(),
                    mix(of, Network.Block::gate),
                    mix(of, Network.Block::up),
                    mix(of, Network.Block::down),
                    of.getFirst().sparsity()));
        }
        return Network.of(first.weights(), blocks);
    }

    private static Projection mix(List<Network.Block> blocks, Function<Network.Block, Projection> which) {
        List<Projection> rows = blocks.stream().map(which).toList();
        List<Projection.Mixed.Part> parts = new ArrayList<>();
        int from = 0;
        for (int row = 1; row <= rows.size(); row++) {
            if (row == rows.size() || rows.get(row) != rows.get(from)) {
                parts.add(new Projection.Mixed.Part(rows.get(from), from, row - from));
                from = row;
            }
        }
        boolean plain = parts.stream().allMatch(part -> part.projection() instanceof Projection.Plain);
        return plain ? rows.getFirst() : new Projection.Mixed(rows.getFirst().base(), parts);
    }
}
