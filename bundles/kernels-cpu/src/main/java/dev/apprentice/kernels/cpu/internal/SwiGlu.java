package dev.apprentice.kernels.cpu.internal;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import dev.apprentice.compute.Tensor;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** out = silu(gate) ⊙ up (arXiv 2002.05202) and its gradient, for a range of elements. */
final class SwiGlu {
    private SwiGlu() {}

    static void forward(Tensor gate, Tensor up, Tensor out, long from, int count) {
        MemorySegment gates = gate.data();
        MemorySegment ups = up.data();
        MemorySegment outs = out.data();
        int bound = Lanes.bound(count);
        for (int i = 0; i < bound; i += Lanes.COUNT) {
            long at = 4 * (from + i);
            FloatVector g = Lanes.load(gates, at);
            Lanes.store(g.mul(Exponential.sigmoid(g)).mul(Lanes.load(ups, at)), outs, at);
        }
        for (int i = bound; i < count; i++) {
            long at = 4 * (from + i);
            float g = gates.get(JAVA_FLOAT_UNALIGNED, at);
            outs.set(JAVA_FLOAT_UNALIGNED, at, g * sigmoid(g) * ups.get(JAVA_FLOAT_UNALIGNED, at));
        }
    }

    /** gate = 0 where |silu(gate)| is below the threshold. */
    static void dropBelow(float threshold, Tensor gate, long from, int count) {
        MemorySegment gates = gate.data();
        int bound = Lanes.bound(count);
        for (int i = 0; i < bound; i += Lanes.COUNT) {
            long at = 4 * (from + i);
            FloatVector g = Lanes.load(gates, at);
            FloatVector size = g.mul(Exponential.sigmoid(g)).abs();
            Lanes.store(g.blend(0, size.compare(VectorOperators.LT, threshold)), gates, at);
        }
        for (int i = bound; i < count; i++) {
            long at = 4 * (from + i);
            float g = gates.get(JAVA_FLOAT_UNALIGNED, at);
            if (Math.abs(g * sigmoid(g)) < threshold) {
                gates.set(JAVA_FLOAT_UNALIGNED, at, 0);
            }
        }
    }

    static void backward(Tensor gate, Tensor up, Tensor dOut, Tensor dGate, Tensor dUp, long from, int count) {
        MemorySegment gates = gate.data();
        MemorySegment ups = up.data();
        MemorySegment upstreams = dOut.data();
        int bound = Lanes.bound(count);
        for (int i = 0; i < bound; i += Lanes.COUNT) {
            long at = 4 * (from + i);
            FloatVector g = Lanes.load(gates, at);
            FloatVector upstream = Lanes.load(upstreams, at);
            FloatVector sigmoid = Exponential.sigmoid(g);
            FloatVector silu = g.mul(sigmoid);
            // silu' = sigmoid · (1 + g · (1 − sigmoid)) = sigmoid + silu · (1 − sigmoid)
            FloatVector slope = silu.sub(silu.mul(sigmoid)).add(sigmoid);
            Lanes.store(upstream.mul(Lanes.load(ups, at)).mul(slope), dGate.data(), at);
            Lanes.store(upstream.mul(silu), dUp.data(), at);
        }
        for (int i = bound; i < count; i++) {
            long at = 4 * (from + i);
            float g = gates.get(JAVA_FLOAT_UNALIGNED, at);
            float upstream = upstreams.get(JAVA_FLOAT_UNALIGNED, at);
            float sigmoid = sigmoid(g);
            float slope = sigmoid * (1 + g * (1 - sigmoid));
            dGate.data().set(JAVA_FLOAT_UNALIGNED, at, upstream * ups.get(JAVA_FLOAT_UNALIGNED, at) * slope);
            dUp.data().set(JAVA_FLOAT_UNALIGNED, at, upstream * g * sigmoid);
        }
    }

    private static float sigmoid(float x) {
        return (float) (1 / (1 + Math.exp(-x)));
    }
}
