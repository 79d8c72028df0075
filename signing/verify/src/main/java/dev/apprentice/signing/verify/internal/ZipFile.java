package dev.apprentice.signing.verify.internal;

import static dev.apprentice.signing.verify.internal.ZipBytes.require;

import dev.apprentice.signing.verify.StrictZip;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * One entry as the table of contents describes it (APPNOTE 4.3.12); a name ending with a slash is a folder.
 *
 * @param header where its central header lies
 * @param packed bytes in the archive
 * @param size bytes when unpacked
 */
public record ZipFile(
        String name,
        int header,
        int headerLength,
        int flags,
        int method,
        long crc,
        int packed,
        int size,
        int localOffset) {
    private static final long CENTRAL_MARK = 0x02014b50L;
    private static final long LOCAL_MARK = 0x04034b50L;
    private static final long DESCRIPTOR_MARK = 0x08074b50L;
    private static final int CENTRAL_LENGTH = 46;
    private static final int LOCAL_LENGTH = 30;
    private static final int HAS_DESCRIPTOR = 1 << 3;
    private static final int UTF_8_NAME = 1 << 11;
    private static final int COMPRESSION_HINT = 3 << 1;
    private static final int STORED = 0;
    private static final int DEFLATED = 8;
    private static final int MADE_BY_UNIX = 3;
    private static final int RATIO = 100;
    private static final int RATIO_FREE = 64 * 1024;

    static ZipFile read(byte[] bytes, int at, int end) {
        require(
                at <= end - CENTRAL_LENGTH && ZipBytes.u32(bytes, at) == CENTRAL_MARK,
                "has a damaged table of contents");
        int flags = ZipBytes.u16(bytes, at + 8);
        int method = ZipBytes.u16(bytes, at + 10);
        int nameLength = ZipBytes.u16(bytes, at + 28);
        int extraLength = ZipBytes.u16(bytes, at + 30);
        int headerLength = CENTRAL_LENGTH + nameLength + extraLength;
        require(headerLength <= end - at, "has a damaged table of contents");
        String name = name(bytes, at + CENTRAL_LENGTH, nameLength, (flags & UTF_8_NAME) != 0);
        require(ZipBytes.u32(bytes, at + 32) == 0, "has a comment or several parts at " + name);
        require(
                (flags & ~(HAS_DESCRIPTOR | UTF_8_NAME | COMPRESSION_HINT)) == 0,
                "has an encrypted or unusual entry: " + name);
        require(
                method == STORED || method == DEFLATED,
                "packs " + name + " by method " + method + ", which is not read");
        require(
                method == DEFLATED || (flags & HAS_DESCRIPTOR) == 0,
                "stores " + name + " without saying its length first");
        int type = ZipBytes.u16(bytes, at + 40) >> 12;
        require(
                bytes[at + 5] != MADE_BY_UNIX || type == 0 || type == 8 || type == 4,
                "holds a link or device where a file should be: " + name);
        checkExtra(bytes, at + CENTRAL_LENGTH + nameLength, extraLength, name);
        ZipFile file = new ZipFile(
                name,
                at,
                headerLength,
                flags,
                method,
                ZipBytes.u32(bytes, at + 16),
                ZipBytes.length(bytes, at + 20),
                ZipBytes.length(bytes, at + 24),
                ZipBytes.length(bytes, at + 42));
        file.checkSize();
        return file;
    }

    boolean hasDescriptor() {
        return (flags & HAS_DESCRIPTOR) != 0;
    }

    public boolean isFolder() {
        return name.endsWith("/");
    }

    /** Compares the local header with the central one byte for byte; returns where the entry ends. */
    int checkLocal(byte[] bytes, int limit) {
        int at = localOffset;
        require(
                at <= limit - LOCAL_LENGTH && ZipBytes.u32(bytes, at) == LOCAL_MARK,
                "has no entry where " + name + " should be");
        // Version, flags, method, time and date; then, unless a descriptor gives them later, checksum and lengths.
        boolean same = Arrays.equals(bytes, at + 4, at + 14, bytes, header + 6, header + 16)
                && Arrays.equals(bytes, at + 26, at + 30, bytes, header + 28, header + 32);
        same &= hasDescriptor()
                ? Arrays.equals(bytes, at + 14, at + 26, new byte[12], 0, 12)
                : Arrays.equals(bytes, at + 14, at + 26, bytes, header + 16, header + 28);
        int variable = headerLength - CENTRAL_LENGTH;
        int data = at + LOCAL_LENGTH + variable;
        require(same && data <= limit, "describes " + name + " in two ways");
        require(
                Arrays.equals(bytes, at + LOCAL_LENGTH, data, bytes, header + CENTRAL_LENGTH, header + headerLength),
                "has two names for the entry " + name);
        require(packed <= limit - data, "holds less of " + name + " than it declares");
        int end = data + packed;
        return hasDescriptor() ? checkDescriptor(bytes, end, limit) : end;
    }

    private int checkDescriptor(byte[] bytes, int at, int limit) {
        boolean same = at <= limit - 16
                && ZipBytes.u32(bytes, at) == DESCRIPTOR_MARK
                && Arrays.equals(bytes, at + 4, at + 16, bytes, header + 16, header + 28);
        require(same, "describes " + name + " in two ways");
        return at + 16;
    }

    /** Unpacks once to see that lengths and checksum are true, and that it is no archive in its turn. */
    public void check(byte[] bytes) {
        byte[] content = unpack(bytes);
        CRC32 checksum = new CRC32();
        checksum.update(content);
        require(checksum.getValue() == crc, "holds " + name + " with a wrong checksum");
        boolean archive =
                content.length >= 4 && content[0] == 'P' && content[1] == 'K' && content[2] == 3 && content[3] == 4;
        require(!archive && !name.toLowerCase(Locale.ROOT).endsWith(".jar"), "holds another archive: " + name);
    }

    /** The content. */
    public byte[] unpack(byte[] bytes) {
        int start = localOffset + LOCAL_LENGTH + headerLength - CENTRAL_LENGTH;
        if (method == STORED) {
            return Arrays.copyOfRange(bytes, start, start + size);
        }
        byte[] content = new byte[size];
        try (Inflater inflater = new Inflater(true)) {
            inflater.setInput(bytes, start, packed);
            int length = 0;
            int step = 1;
            while (step > 0 && length < size) {
                step = inflater.inflate(content, length, size - length);
                length += step;
            }
            // One byte more than declared must not come out, and the packed data must end where it says.
            int more = inflater.finished() ? 0 : inflater.inflate(new byte[1]);
            require(
                    length == size && more == 0 && inflater.finished() && inflater.getBytesRead() == packed,
                    "unpacks " + name + " to another length than it declares");
        } catch (DataFormatException e) {
            throw ZipBytes.fault("holds " + name + " in a form that cannot be unpacked");
        }
        return content;
    }

    private void checkSize() {
        require(!isFolder() || size == 0, "has content in the folder " + name);
        require(method != STORED || packed == size, "stores " + name + " with two lengths");
        require(
                size <= StrictZip.LARGEST_ENTRY,
                "unpacks " + name + " to " + size + " bytes, allowed are " + StrictZip.LARGEST_ENTRY);
        require(
                size <= RATIO_FREE || size / RATIO <= packed,
                "packs " + name + " by more than 1 to " + RATIO + ", as a bomb does");
    }

    private static String name(byte[] bytes, int at, int length, boolean utf8) {
        try {
            return (utf8 ? StandardCharsets.UTF_8 : StandardCharsets.US_ASCII)
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, at, length))
                    .toString();
        } catch (CharacterCodingException e) {
            throw ZipBytes.fault("has a name that is neither ASCII nor marked as UTF-8");
        }
    }

    /** Only the mark of executable JAR files and times are let through: others can change name or length. */
    private static void checkExtra(byte[] bytes, int start, int length, String name) {
        int at = start;
        while (at < start + length) {
            int id = ZipBytes.u16(bytes, at);
            require(id == 0xCAFE || id == 0x5455, "has the extra field " + Integer.toHexString(id) + " at " + name);
            at += 4 + ZipBytes.u16(bytes, at + 2);
        }
        require(at == start + length, "has a damaged extra field at " + name);
    }
}
