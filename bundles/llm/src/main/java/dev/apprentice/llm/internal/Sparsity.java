package dev.apprentice.llm.internal;

import dev.apprentice.compute.InputMajorMatrix;
import dev.apprentice.compute.Matrix;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;

/**
 * Dynamic sparse activation: what the steps of a generation leave out of every feed-forward layer (CATS, arXiv 2404.08763).
 *
 * @param blocks by layer
 */
record Sparsity(List<BlockSparsity> blocks) {
    Sparsity {
        blocks = List.copyOf(blocks);
    }

    /**
     * One that leaves out so many hundredths of the neurons on the text of the quantiles. Where the down projection's type can be stored by
     * its inputs, that takes a second copy of it.
     */
    static Sparsity of(LlamaModel model, GateQuantiles quantiles, int percent) {
        Arena memory = Arena.ofAuto();
        List<BlockSparsity> blocks = new ArrayList<>();
        for (Network.Block block : model.baseNetwork().blocks()) {
            Matrix down = block.down().base().weight();
            blocks.add(new BlockSparsity(
                    quantiles.threshold(blocks.size(), percent),
                    InputMajorMatrix.holds(down.type()) ? InputMajorMatrix.of(memory, down) : null));
        }
        return new Sparsity(blocks);
    }

    /** The same weights at another sparsity. */
    Sparsity at(GateQuantiles quantiles, int percent) {
        List<BlockSparsity> others = new ArrayList<>();
        for (BlockSparsity block : blocks) {
            others.add(new BlockSparsity(quantiles.threshold(others.size(), percent), block.down()));
        }
        return new Sparsity(others);
    }

    /** A network that leaves them out. */
    Network of(Network dense) {
        List<Network.Block> sparse = new ArrayList<>();
        for (Network.Block block : dense.blocks()) {
            sparse.add(block.with(blocks.get(sparse.size())));
        }
        return Network.of(dense.weights(), sparse);
    }
}
