package dev.apprentice.signing.verify.tuf;

import dev.apprentice.signing.verify.tuf.TufException.Code;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A repository in a folder, such as one on a stick. */
public final class FolderFetcher implements Fetcher {
    private final Path folder;

    public FolderFetcher(Path folder) {
        this.folder = folder;
    }

    @Override
    public InputStream open(String path, long offset) throws IOException {
        Path file = folder.resolve(URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8))
                .normalize();
        if (!file.startsWith(folder.normalize()) || !Files.isRegularFile(file)) {
            throw new TufException(Code.NOT_FOUND, file + " is not there: check the folder of the repository");
        }
        InputStream bytes = Files.newInputStream(file);
        bytes.skipNBytes(offset);
        return bytes;
    }
}
