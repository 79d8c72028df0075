package dev.apprentice.llm.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.apprentice.compute.DataType;
import dev.apprentice.compute.Kernels;
import dev.apprentice.compute.Matrix;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HeldWeightsTest {
    /** Kernels keep copies by object: these must be the objects that passes multiply with. */
    @Test
    void aModelThatIsLoadedNamesTheWeightsThatNeverChange() {
        List<Object> held = new ArrayList<>();
        LlamaModel model = LlamaModel.load(ModelFiles.inDirectory(TestModel.DIRECTORY), DataType.BF16, noting(held));
        List<Matrix> expected = new ArrayList<>();
        for (Network.Block block : model.baseNetwork().blocks()) {
            List<Projection> projections = List.of(
                    block.query(), block.key(), block.value(), block.output(), block.gate(), block.up(), block.down());
            projections.forEach(projection -> expected.add(projection.base().weight()));
        }
        expected.add(model.weights().head());
        assertThat(held).hasSize(expected.size());
        for (Matrix weight : expected) {
            assertThat(held).anySatisfy(object -> assertThat(object).isSameAs(weight));
        }
    }

    /** Kernels that note what they are told to hold. */
    private static Kernels noting(List<Object> held) {
        return (Kernels) Proxy.newProxyInstance(
                Kernels.class.getClassLoader(), new Class<?>[] {Kernels.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("hold")) {
                        held.add(arguments[0]);
                    }
                    return method.invoke(TestModel.KERNELS, arguments);
                });
    }
}
