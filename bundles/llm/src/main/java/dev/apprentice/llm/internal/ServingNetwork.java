package dev.apprentice.llm.internal;

import dev.apprentice.compute.DataType;
import dev.apprentice.compute.LowRank;
import dev.apprentice.compute.Matrix;
import dev.apprentice.compute.Quantizer;
import dev.apprentice.compute.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Adapted networks as they answer. Beside weights of 16 bits and less, adapters are rounded to BF16, which halves what is read of them, and
 * laid out for one operation with the weight; beside float32 weights they stay as they are.
 */
final class ServingNetwork {
    private final Arena arena = Arena.ofAuto();

    private ServingNetwork() {}

    /** The serving form of a network whose row scales are computed. */
    static Network of(Network network) {
        ServingNetwork serving = new ServingNetwork();
        List<Network.Block> blocks = new ArrayList<>();
        for (Network.Block block : network.blocks()) {
            blocks.add(new Network.Block(
                    block.attentionNorm(),
                    block.headNorms(),
                    serving.served(block.query()),
                    serving.served(block.key()),
                    serving.served(block.value()),
                    serving.served(block.output()),
                    block.feedForwardNorm(),
                    serving.served(block.gate()),
                    serving.served(block.up()),
                    serving.served(block.down())));
        }
        return Network.of(network.weights(), blocks);
    }

    private Projection served(Projection projection) {
        if (projection.base().weight().type() == DataType.F32) {
            return projection;
        }
        return switch (projection) {
            case Projection.LowRank lora -> served(lora.base(), lora.adapter(), null);
            case Projection.Decomposed dora ->
                served(dora.base(), dora.adapter(), dora.rows().scales());
            case Projection.Plain _,
                    Projection.Trained _,
                    Projection.Served _,
                    Projection.ScaledOutput _,
                    Projection.ScaledInput _,
                    Projection.Mixed _ -> projection;
        };
    }

    private Projection served(Weights.Linear base, LowRank.Trained adapter, @Nullable MemorySegment rowScales) {
        Matrix rounded = Quantizer.convert(arena, adapter.a(), DataType.BF16);
        try (Arena temporary = Arena.ofShared()) {
            Matrix transposed = Quantizer.convert(arena, transposed(temporary, adapter.b()), DataType.BF16);
            return new Projection.Served(base, new LowRank.Served(rounded, transposed, adapter.scale()), rowScales);
        }
    }

    private static Matrix transposed(Arena arena, Matrix b) {
        Tensor plain = new Tensor(b.rows(), b.columns(), b.data());
        Tensor turned = Tensor.allocate(arena, b.columns(), b.rows());
        for (int row = 0; row < b.rows(); row++) {
            for (int column = 0; column < b.columns(); column++) {
                turned.set(column, row, plain.get(row, column));
            }
        }
        return turned.asMatrix();
    }
}
