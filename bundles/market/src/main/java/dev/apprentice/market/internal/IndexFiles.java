package dev.apprentice.market.internal;

import dev.apprentice.market.MarketException;
import dev.apprentice.market.MarketException.Code;
import dev.apprentice.signing.verify.tuf.Metadata.TargetFile;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/** The files of a marketplace's search index; one that has not changed is neither fetched nor read again. */
final class IndexFiles {
    private static final String INDEX = "index.json";
    private static final long LONGEST_FILE = 256 << 20;

    private final String market;
    private final MarketFolder folder;
    private final Function<String, TargetFile> require;
    private Map<String, Read> files = Map.of();

    private record Read(Map<String, String> hashes, IndexReader.Index content) {}

    /**
     * @param require what the metadata says of a target that must be there
     */
    IndexFiles(String market, MarketFolder folder, Function<String, TargetFile> require) {
        this.market = market;
        this.folder = folder;
        this.require = require;
    }

    /** Whether what was read last is what the metadata names now. */
    boolean isCurrent() {
        return !files.isEmpty()
                && files.entrySet().stream()
                        .allMatch(file -> require.apply(file.getKey())
                                .hashes()
                                .equals(file.getValue().hashes()));
    }

    /** All entries of now. */
    IndexReader.Index read() {
        Map<String, Read> now = new LinkedHashMap<>();
        Read index = read(INDEX);
        now.put(INDEX, index);
        for (String part : index.content().parts()) {
            if (Thread.currentThread().isInterrupted()) {
                throw new MarketException(
                        Code.FAILED, "Reading the index of " + market + " was interrupted: try again");
            }
            Read read = read(part);
            if (!read.content().parts().isEmpty()) {
                throw new MarketException(
                        Code.REFUSED,
                        "Marketplace " + market + ": the part " + part
                                + " of its index has parts itself: its owner must publish it again");
            }
            now.put(part, read);
        }
        files = now;
        return IndexReader.Index.joined(now.values().stream().map(Read::content).toList());
    }

    private Read read(String path) {
        TargetFile target = require.apply(path);
        Read before = files.get(path);
        return before != null && before.hashes().equals(target.hashes())
                ? before
                : new Read(target.hashes(), IndexReader.read(market, folder.read(target, LONGEST_FILE)));
    }
}
