package dev.apprentice.llm.internal;

import dev.apprentice.compute.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Keys, values and final states of prompts that were read before, in blocks of {@value #BLOCK} tokens. A block's name is a digest of all that its
 * numbers depend on: base, adapter, its scale, and every token up to its end. So nothing learned under one adapter serves another, and
 * prompts with a common beginning share its blocks. What was not used for longest is forgotten first. Safe for several threads.
 */
final class PrefixCache {
    /** Tokens of a block, and of a step in which prompts are read: what is in a block never depends on where a prompt ends. */
    static final int BLOCK = 128;

    private final int width;
    private final long keyValueBytes; // of a block
    private final long blockBytes;
    private final long most;
    private final Arena arena = Arena.ofAuto();
    private final Map<String, MemorySegment> blocks = new LinkedHashMap<>(16, 0.75f, true);
    private final Deque<MemorySegment> free = new ArrayDeque<>();

    /** Takes the states of a block. */
    interface States {
        /**
         * Takes the states of some tokens.
         *
         * @param from the first of them in the prompt
         * @param states (n, width), valid during the call
         */
        void take(int from, Tensor states);
    }

    /**
     * An empty cache.
     *
     * @param budget bytes for all blocks together; 0 keeps none
     * @param keyValueBytes that the keys and values of a token take
     * @param width of a token's final state
     */
    PrefixCache(long budget, long keyValueBytes, int width) {
        this.width = width;
        this.keyValueBytes = keyValueBytes * BLOCK;
        this.blockBytes = (keyValueBytes + 4L * width) * BLOCK;
        this.most = budget / blockBytes;
    }

    /**
     * The names of a prompt's whole blocks.
     *
     * @param network what reads the prompt: base, adapter, scale and the type of the keys and values
     */
    static List<String> names(String network, int[] tokens) {
        List<String> names = new ArrayList<>();
        String before = network;
        for (int from = 0; from + BLOCK <= tokens.length; from += BLOCK) {
            MessageDigest digest = Digests.sha256();
            digest.update(before.getBytes(StandardCharsets.UTF_8));
            ByteBuffer ids = ByteBuffer.allocate(4 * BLOCK);
            ids.asIntBuffer().put(tokens, from, BLOCK);
            digest.update(ids);
            before = Digests.text(digest);
            names.add(before);
        }
        return names;
    }

    /** Appends the blocks that are known, from the first up to the first that is not, to an empty cache. */
    synchronized void restore(List<String> names, KeyValueCache cache, States states) {
        int known = 0;
        for (String name : names) {
            MemorySegment block = blocks.get(name);
            if (block == null) {
                break;
            }
            cache.copyIn(BLOCK, block);
            states.take(known * BLOCK, statesOf(block));
            known++;
        }
        // a block is of no use without those before it, so these are to be forgotten later
        names.subList(0, known).reversed().forEach(blocks::get);
    }

    /** Keeps the block of tokens before {@code end} if it is not known yet. */
    synchronized void keep(String name, KeyValueCache cache, int end, Tensor states) {
        if (most == 0 || blocks.containsKey(name)) {
            return;
        }
        MemorySegment room = room();
        cache.copyOut(end - BLOCK, BLOCK, room);
        statesOf(room).data().copyFrom(states.data());
        blocks.put(name, room);
    }

    private Tensor statesOf(MemorySegment block) {
        return new Tensor(BLOCK, width, block.asSlice(keyValueBytes));
    }

    /** Bytes held. */
    synchronized long size() {
        return blocks.size() * blockBytes;
    }

    private MemorySegment room() {
        if (blocks.size() == most) {
            var eldest = blocks.entrySet().iterator();
            free.add(eldest.next().getValue());
            eldest.remove();
        }
        if (!free.isEmpty()) {
            return free.remove();
        }
        return arena.allocate(blockBytes, 64);
    }
}
