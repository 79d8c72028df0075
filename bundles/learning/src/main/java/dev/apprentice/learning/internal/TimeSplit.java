package dev.apprentice.learning.internal;

import dev.apprentice.learning.LearningException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Source in two parts of time. Where there is a history in Git, the later part are the lines written since some commit, and the
 * earlier part is the source as it stood then; elsewhere it is the newest files.
 *
 * @param order what gave the order of time: {@code git} or {@code file time}
 * @param earlier to learn from, oldest first
 * @param later to measure on
 * @param skipped number of files left out, by reason
 */
record TimeSplit(String order, List<SourceFile> earlier, List<Later> later, Map<String, Integer> skipped) {
    /** The part of the lines that is wanted to be later. */
    static final double LATER = 0.2;

    /**
     * A file of the later part.
     *
     * @param written lines of its text that are new in it
     */
    record Later(SourceFile file, List<LineRange> written) {}

    /** @throws LearningException if there is no such folder, or too little Java in it */
    static TimeSplit of(Path folder) {
        SourceFolder found = SourceFolder.read(folder);
        return new GitHistory(folder)
                .split(found)
                .orElseGet(() -> byFile("file time", found.files(), found.skipped(), folder));
    }

    /** The newest files, with about a fifth of the lines, are the later part; both parts have a file at least. */
    static TimeSplit byFile(String order, List<SourceFile> files, Map<String, Integer> skipped, Path folder) {
        if (files.size() < 2) {
            throw new LearningException(
                    LearningException.Code.NOTHING_TO_DO,
                    "There is only one Java file below " + folder
                            + ", but one is needed to learn from and a later one to measure on: name a larger folder");
        }
        double wanted = LATER * files.stream().mapToInt(SourceFile::lineCount).sum();
        int split = files.size();
        for (int held = 0; split > 1 && held < wanted; split--) {
            held += files.get(split - 1).lineCount();
        }
        split = Math.clamp(split, 1, files.size() - 1);
        List<Later> later = new ArrayList<>();
        for (SourceFile file : files.subList(split, files.size())) {
            later.add(new Later(file, file.allLines()));
        }
        return new TimeSplit(order, files.subList(0, split), later, skipped);
    }
}
