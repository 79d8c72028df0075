package dev.apprentice.signing.verify.tuf;

import java.io.IOException;
import java.io.InputStream;

/** Where the files of a repository come from; nothing that it gives is trusted. */
public interface Fetcher {
    /**
     * Opens a file.
     *
     * @param path relative and percent-encoded
     * @param offset bytes of the file to leave out at its beginning
     * @return its bytes; reading fails with an {@link IOException} rather than wait without end
     * @throws TufException with code NOT_FOUND or UNREACHABLE
     */
    InputStream open(String path, long offset) throws IOException;
}
