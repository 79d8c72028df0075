package dev.apprentice.signing.verify;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/** Writes archives byte by byte, so that a test can make any byte wrong. */
final class ZipBuilder {
    final List<Entry> entries = new ArrayList<>();
    byte[] prefix = new byte[0];
    byte[] beforeDirectory = new byte[0];
    byte[] beforeEnd = new byte[0];
    String comment = "";

    /** An entry, right unless changed. */
    static final class Entry {
        final byte[] content;
        byte[] name;
        byte[] localName;
        byte[] packed;
        int method;
        int flags = 1 << 11;
        long crc;
        long size;
        int mode;
        int localMethod = -1;
        boolean inDirectory = true;
        byte[] extra = new byte[0];

        Entry(String name, byte[] content) {
            this.content = content;
            this.packed = content;
            this.name = name.getBytes(StandardCharsets.UTF_8);
            this.localName = this.name;
            CRC32 checksum = new CRC32();
            checksum.update(content);
            crc = checksum.getValue();
            size = content.length;
        }

        Entry deflate() {
            packed = deflated(content);
            method = 8;
            return this;
        }

        private static byte[] deflated(byte[] content) {
            try (Deflater deflater = new Deflater(9, true)) {
                deflater.setInput(content);
                deflater.finish();
                byte[] buffer = new byte[content.length + 100];
                return Arrays.copyOf(buffer, deflater.deflate(buffer));
            }
        }
    }

    /** A small skill-like archive. */
    static ZipBuilder plain() {
        ZipBuilder zip = new ZipBuilder();
        zip.add("META-INF/", "");
        zip.add("META-INF/MANIFEST.MF", "Manifest-Version: 1.0\r\n\r\n");
        zip.add("a.txt", "some text, some text, some text").deflate();
        zip.add("folder/b.txt", "more");
        return zip;
    }

    Entry add(String name, String content) {
        Entry entry = new Entry(name, content.getBytes(StandardCharsets.UTF_8));
        entries.add(entry);
        return entry;
    }

    byte[] build() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream directory = new ByteArrayOutputStream();
        out.writeBytes(prefix);
        int count = 0;
        for (Entry entry : entries) {
            int offset = out.size() - prefix.length;
            int localMethod = entry.localMethod < 0 ? entry.method : entry.localMethod;
            out.writeBytes(little(30)
                    .putInt(0x04034b50)
                    .putShort((short) 20)
                    .put(common(entry, localMethod, entry.localName))
                    .array());
            out.writeBytes(entry.localName);
            out.writeBytes(entry.extra);
            out.writeBytes(entry.packed);
            if (entry.inDirectory) {
                count++;
                directory.writeBytes(little(46)
                        .putInt(0x02014b50)
                        .putShort((short) (3 << 8 | 20))
                        .putShort((short) 20)
                        .put(common(entry, entry.method, entry.name))
                        .putShort((short) 0)
                        .putShort((short) 0)
                        .putShort((short) 0)
                        .putInt(entry.mode << 16)
                        .putInt(offset)
                        .array());
                directory.writeBytes(entry.name);
                directory.writeBytes(entry.extra);
            }
        }
        out.writeBytes(beforeDirectory);
        int start = out.size() - prefix.length;
        out.writeBytes(directory.toByteArray());
        out.writeBytes(beforeEnd);
        out.writeBytes(little(22)
                .putInt(0x06054b50)
                .putInt(0)
                .putShort((short) count)
                .putShort((short) count)
                .putInt(directory.size())
                .putInt(start)
                .putShort((short) comment.length())
                .array());
        out.writeBytes(comment.getBytes(StandardCharsets.UTF_8));
        return out.toByteArray();
    }

    /** Flags to the length of the extra field, which both headers hold alike. */
    private static byte[] common(Entry entry, int method, byte[] name) {
        return little(24)
                .putShort((short) entry.flags)
                .putShort((short) method)
                .putInt(0x5a210000)
                .putInt((int) entry.crc)
                .putInt(entry.packed.length)
                .putInt((int) entry.size)
                .putShort((short) name.length)
                .putShort((short) entry.extra.length)
                .array();
    }

    private static ByteBuffer little(int length) {
        return ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    }
}
