package dev.apprentice.market.internal;

import dev.apprentice.market.MarketException;
import dev.apprentice.market.MarketException.Code;
import dev.apprentice.signing.verify.tuf.Fetcher;
import dev.apprentice.signing.verify.tuf.FolderFetcher;
import dev.apprentice.signing.verify.tuf.HttpFetcher;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;

/** Where the files of a marketplace lie: {@code metadata/} and {@code targets/} below it. */
sealed interface Address {
    Fetcher metadata();

    Fetcher targets();

    /** Reads an address as users write it; anything but HTTP and an absolute folder is refused. */
    static Address parse(String text) {
        try {
            if (text.contains("://")) {
                return web(new URI(text.strip()));
            }
            Path folder = Path.of(text.strip());
            if (folder.isAbsolute() && text.chars().noneMatch(Character::isISOControl)) {
                return new Folder(folder.normalize());
            }
        } catch (URISyntaxException | InvalidPathException _) {
            // Told below, like an address of another kind.
        }
        throw refused(text);
    }

    private static Address web(URI address) {
        boolean plain =
                address.getRawUserInfo() == null && address.getRawQuery() == null && address.getRawFragment() == null;
        if (!plain || address.getHost() == null || !List.of("http", "https").contains(address.getScheme())) {
            throw refused(address.toString());
        }
        return new Web(URI.create(address.toString().replaceAll("/+$", "") + "/"));
    }

    private static MarketException refused(String text) {
        return new MarketException(
                Code.BAD_REQUEST,
                "'" + text + "' is no address of a marketplace: give https://HOST/PATH, http://HOST/PATH or an absolute"
                        + " folder");
    }

    /** A web server, object store or CDN. */
    record Web(URI base) implements Address {
        @Override
        public Fetcher metadata() {
            return new HttpFetcher(base.resolve("metadata/"));
        }

        @Override
        public Fetcher targets() {
            return new HttpFetcher(base.resolve("targets/"));
        }

        @Override
        public String toString() {
            return base.toString();
        }
    }

    /** A folder, such as one on a stick. */
    record Folder(Path path) implements Address {
        @Override
        public Fetcher metadata() {
            return new FolderFetcher(path.resolve("metadata"));
        }

        @Override
        public Fetcher targets() {
            return new FolderFetcher(path.resolve("targets"));
        }

        @Override
        public String toString() {
            return path.toString();
        }
    }
}
