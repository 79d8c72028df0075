package dev.apprentice.kernels.cuda.internal;

import dev.apprentice.compute.Matrix;
import java.lang.System.Logger.Level;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Which weights have a copy on the device. A copy belongs to one {@link Matrix} object and is freed, when this is next asked for anything,
 * once nobody holds that object any more; when the next weight comes, also if its memory was closed.
 */
final class HeldWeights implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(HeldWeights.class.getName());

    private final WeightMemory memory;
    private final long leastElements;
    private final Map<Key, HeldWeight> held = new HashMap<>(); // guarded by this
    private final ReferenceQueue<Matrix> unreachable = new ReferenceQueue<>();
    private long bytes; // guarded by this
    private boolean full; // guarded by this

    /** @param leastElements of a weight; smaller ones are left where they are */
    HeldWeights(WeightMemory memory, long leastElements) {
        this.memory = memory;
        this.leastElements = leastElements;
    }

    /** Copies a weight, unless it is small, there already or does not fit. */
    synchronized void hold(Matrix weight) {
        dropUnreachable();
        dropClosed();
        Key key = new Key(weight, unreachable);
        if ((long) weight.rows() * weight.columns() < leastElements || held.containsKey(key)) {
            return;
        }
        OptionalLong address = memory.copy(weight.data());
        if (address.isPresent()) {
            held.put(key, new HeldWeight(weight.type(), weight.rows(), weight.columns(), address.getAsLong()));
            bytes += weight.data().byteSize();
        } else if (!full) {
            full = true;
            LOG.log(
                    Level.WARNING,
                    "The memory of the GPU is full with " + (bytes >> 20)
                            + " MiB of weights: what is left stays with the"
                            + " CPU. Fewer bits (model.weights) or a smaller model would fit");
        }
    }

    /** The copy of a weight, or null. */
    synchronized @Nullable HeldWeight of(Matrix weight) {
        dropUnreachable();
        return held.get(new Key(weight, null));
    }

    /** How many bytes the copies take. */
    synchronized long bytes() {
        return bytes;
    }

    @Override
    public synchronized void close() {
        held.values().forEach(this::free);
        held.clear();
    }

    private void dropUnreachable() {
        for (Object key = unreachable.poll(); key != null; key = unreachable.poll()) {
            HeldWeight weight = held.remove(key);
            if (weight != null) {
                free(weight);
            }
        }
    }

    private void dropClosed() {
        Iterator<Map.Entry<Key, HeldWeight>> entries = held.entrySet().iterator();
        while (entries.hasNext()) {
            Map.Entry<Key, HeldWeight> entry = entries.next();
            Matrix weight = entry.getKey().get();
            if (weight != null && !weight.data().scope().isAlive()) {
                entries.remove();
                free(entry.getValue());
            }
        }
    }

    private void free(HeldWeight weight) {
        memory.free(weight.address());
        bytes -= weight.rows() * weight.rowBytes();
        full = false;
    }

    /** The same object, not an equal one: memory that was freed may come again with another content. */
    private static final class Key extends WeakReference<Matrix> {
        private final int hash;

        Key(Matrix weight, @Nullable ReferenceQueue<Matrix> queue) {
            super(weight, queue);
            this.hash = System.identityHashCode(weight);
        }

        @Override
        public boolean equals(@Nullable Object other) {
            if (this == other) {
                return true;
            }
            Matrix mine = get();
            return mine != null && other instanceof Key key && key.refersTo(mine);
        }

        @Override
        public int hashCode() {
            return hash;
        }
    }
}
