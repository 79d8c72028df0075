package dev.apprentice.signing.verify;

import dev.apprentice.signing.verify.internal.ZipDirectory;
import dev.apprentice.signing.verify.internal.ZipFile;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * An archive that every reader understands alike: local entries tile the file from its first byte, in the order of the table of
 * contents and equal to it byte for byte, and the one end record is the file's end (a strict subset of PKWARE APPNOTE 6.3.10).
 */
public final class StrictZip {
    /** Most entries of an archive. */
    public static final int MOST_ENTRIES = 4096;
    /** Most bytes of one entry when unpacked. */
    public static final int LARGEST_ENTRY = 256 << 20;
    /** Most bytes of all entries when unpacked. */
    public static final long LARGEST_TOTAL = 512L << 20;

    private final byte[] bytes;
    private final Map<String, ZipFile> files;

    private StrictZip(byte[] bytes, Map<String, ZipFile> files) {
        this.bytes = bytes;
        this.files = files;
    }

    /**
     * Checks an archive whole; afterwards its files can be read without surprise.
     *
     * @throws SigningException if the archive could be read in more than one way, or is larger than any skill
     */
    public static StrictZip read(byte[] bytes) {
        Map<String, ZipFile> files = new LinkedHashMap<>();
        for (ZipFile file : ZipDirectory.read(bytes)) {
            file.check(bytes);
            if (!file.isFolder()) {
                files.put(file.name(), file);
            }
        }
        return new StrictZip(bytes, files);
    }

    /** The names of all files, in the archive's order. */
    public Set<String> names() {
        return Collections.unmodifiableSet(files.keySet());
    }

    /**
     * The content of a file.
     *
     * @throws SigningException if there is none of this name
     */
    public byte[] content(String name) {
        ZipFile file = files.get(name);
        if (file == null) {
            throw new SigningException(
                    SigningException.Code.ARCHIVE, "The archive has no " + name + ": add it and build the skill again");
        }
        return file.unpack(bytes);
    }
}
