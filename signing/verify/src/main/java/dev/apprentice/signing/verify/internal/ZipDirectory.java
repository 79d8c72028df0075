package dev.apprentice.signing.verify.internal;

import static dev.apprentice.signing.verify.internal.ZipBytes.require;

import dev.apprentice.signing.verify.StrictZip;
import java.util.ArrayList;
import java.util.List;

/** Reads the table of contents and holds every byte of the archive to account. */
public final class ZipDirectory {
    private static final int END_LENGTH = 22;
    private static final long END_MARK = 0x06054b50L;

    private ZipDirectory() {}

    /** The entries, which lie one after the other from the first byte up to the table of contents. */
    public static List<ZipFile> read(byte[] bytes) {
        int end = bytes.length - END_LENGTH;
        require(end >= 0 && ZipBytes.u32(bytes, end) == END_MARK, "does not end with the end record of a ZIP file");
        int count = ZipBytes.u16(bytes, end + 10);
        int size = ZipBytes.length(bytes, end + 12);
        int start = ZipBytes.length(bytes, end + 16);
        require(
                ZipBytes.u32(bytes, end + 4) == 0
                        && ZipBytes.u16(bytes, end + 8) == count
                        && ZipBytes.u16(bytes, end + 20) == 0,
                "has several parts or a comment");
        require(
                count > 0 && count <= StrictZip.MOST_ENTRIES,
                "has " + count + " entries, allowed are 1 to " + StrictZip.MOST_ENTRIES);
        require(
                (long) start + size == end,
                "has bytes between its table of contents and its end record, or before its first entry");
        EntryNames names = new EntryNames();
        List<ZipFile> files = new ArrayList<>();
        int at = start;
        int local = 0;
        long total = 0;
        for (int i = 0; i < count; i++) {
            ZipFile file = ZipFile.read(bytes, at, end);
            names.add(file.name(), i);
            require(file.localOffset() == local, "has bytes outside of its entries before " + file.name());
            total += file.size();
            require(total <= StrictZip.LARGEST_TOTAL, "unpacks to more than " + StrictZip.LARGEST_TOTAL + " bytes");
            local = file.checkLocal(bytes, start);
            at += file.headerLength();
            files.add(file);
        }
        require(at == end, "has bytes outside of its table of contents");
        require(local == start, "has bytes between its last entry and its table of contents");
        names.requireManifestFirst();
        return files;
    }
}
