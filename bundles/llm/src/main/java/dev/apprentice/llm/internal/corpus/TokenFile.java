package dev.apprentice.llm.internal.corpus;

import dev.apprentice.model.Tokenizer;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** Documents as token ids, one after the other, each ended by the token that ends a text: a mapped file of 32-bit numbers, little-endian. */
public final class TokenFile {
    private static final ValueLayout.OfInt ID = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final MemorySegment ids;

    private TokenFile(MemorySegment ids) {
        this.ids = ids;
    }

    /** Maps a file, which must not change meanwhile; its memory is freed when it is no longer reachable. */
    public static TokenFile map(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return new TokenFile(channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto()));
        }
    }

    /** Number of tokens. */
    public long size() {
        return ids.byteSize() / Integer.BYTES;
    }

    /** Some tokens that are there. */
    int[] read(long from, int count) {
        int[] tokens = new int[count];
        MemorySegment.copy(ids, ID, Integer.BYTES * from, tokens, 0, count);
        return tokens;
    }

    /** Writes such a file as a whole or not at all: it is there once {@link #finish} has returned. */
    public static final class Writer implements AutoCloseable {
        private final Path file;
        private final Path part;
        private final Tokenizer tokenizer;
        private final FileChannel channel;

        public Writer(Path file, Tokenizer tokenizer) throws IOException {
            this.file = file;
            this.part = file.resolveSibling(file.getFileName() + ".part");
            this.tokenizer = tokenizer;
            this.channel = FileChannel.open(
                    part, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);
        }

        /** Adds a document. */
        public void add(String text) throws IOException {
            int[] tokens = tokenizer.encode(text);
            ByteBuffer buffer =
                    ByteBuffer.allocate(Integer.BYTES * (tokens.length + 1)).order(ByteOrder.LITTLE_ENDIAN);
            for (int token : tokens) {
                buffer.putInt(token);
            }
            buffer.putInt(tokenizer.endOfText()).flip();
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
        }

        public void finish() throws IOException {
            channel.force(true);
            channel.close();
            Files.move(part, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        }

        @Override
        public void close() throws IOException {
            channel.close();
            Files.deleteIfExists(part);
        }
    }
}
