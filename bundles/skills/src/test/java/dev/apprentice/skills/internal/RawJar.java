package dev.apprentice.skills.internal;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** A good jar taken apart, to be put together byte by byte in ways that no archiver would. */
final class RawJar {
    final List<Entry> entries = new ArrayList<>();
    byte[] prefix = new byte[0];
    byte[] beforeDirectory = new byte[0];
    byte[] trailing = new byte[0];

    RawJar(byte[] jar) {
        try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(jar))) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                entries.add(new Entry(entry.getName(), in.readAllBytes()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** An entry, stored. */
    static final class Entry {
        String name;
        String localName;
        byte[] content;
        int mode;
        boolean inDirectory = true;

        Entry(String name, byte[] content) {
            this.name = name;
            this.localName = name;
            this.content = content;
        }
    }

    Entry find(String name) {
        return entries.stream()
                .filter(entry -> entry.name.equals(name))
                .findFirst()
                .orElseThrow();
    }

    RawJar add(int at, String name, String content) {
        entries.add(at, new Entry(name, content.getBytes(StandardCharsets.UTF_8)));
        return this;
    }

    RawJar append(String name, String content) {
        return add(entries.size(), name, content);
    }

    byte[] build() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream directory = new ByteArrayOutputStream();
        out.writeBytes(prefix);
        int count = 0;
        for (Entry entry : entries) {
            int offset = out.size();
            out.writeBytes(header(0x04034b50, entry.localName, entry, new byte[0]));
            out.writeBytes(entry.content);
            if (entry.inDirectory) {
                count++;
                byte[] place = little(14)
                        .putInt(6, entry.mode << 16)
                        .putInt(10, offset)
                        .array();
                directory.writeBytes(header(0x02014b50, entry.name, entry, place));
            }
        }
        out.writeBytes(beforeDirectory);
        int start = out.size();
        out.writeBytes(directory.toByteArray());
        out.writeBytes(little(22)
                .putInt(0x06054b50)
                .putInt(0)
                .putShort((short) count)
                .putShort((short) count)
                .putInt(directory.size())
                .putInt(start)
                .array());
        out.writeBytes(trailing);
        return out.toByteArray();
    }

    /** A local header, or with a place a central one. */
    private static byte[] header(int kind, String name, Entry entry, byte[] place) {
        byte[] nameBytes = name.getBytes(StandardCharsets.UTF_8);
        CRC32 checksum = new CRC32();
        checksum.update(entry.content);
        ByteBuffer header = little(30 + (place.length == 0 ? 0 : 16) + nameBytes.length);
        header.putInt(kind);
        if (place.length > 0) {
            header.putShort((short) (3 << 8 | 20));
        }
        header.putShort((short) 20)
                .putShort((short) (1 << 11))
                .putShort((short) 0)
                .putInt(0x5a210000)
                .putInt((int) checksum.getValue())
                .putInt(entry.content.length)
                .putInt(entry.content.length)
                .putShort((short) nameBytes.length)
                .putShort((short) 0)
                .put(place)
                .put(nameBytes);
        return header.array();
    }

    private static ByteBuffer little(int length) {
        return ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    }
}
