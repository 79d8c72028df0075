package dev.apprentice.learning.internal;

import dev.apprentice.learning.Experience;
import dev.apprentice.learning.IngestReport;
import dev.apprentice.learning.LearningSettings;
import dev.apprentice.learning.Progress;
import dev.apprentice.store.AuditEvent;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;

/** Takes in a folder of source: what is earlier becomes experiences, what was written later is held out for measuring. */
final class Ingest {
    private final Tools tools;
    private final CommitStore commits;
    private final Experiences experiences;
    private final String skill;
    private final LearningSettings settings;

    Ingest(Tools tools, CommitStore commits, Experiences experiences, String skill, LearningSettings settings) {
        this.tools = tools;
        this.commits = commits;
        this.experiences = experiences;
        this.skill = skill;
        this.settings = settings;
    }

    IngestReport run(Path folder, int measuredTokens, Progress progress) {
        TimeSplit split = TimeSplit.of(folder);
        Earlier earlier = earlier(split.earlier(), progress);
        Later later = later(split.later(), Chunks.toMeasure(tools.model().tokenizer()), measuredTokens);
        return tools.store().inTransaction(connection -> {
            int added = add(connection, earlier.experiences());
            commits.holdOut(connection, skill, later.measured());
            IngestReport report = new IngestReport(
                    split.order(),
                    split.skipped().values().stream()
                            .mapToInt(Integer::intValue)
                            .sum(),
                    split.earlier().size(),
                    split.later().size(),
                    earlier.tokens(),
                    later.tokens(),
                    added);
            tools.store()
                    .audit()
                    .append(
                            AuditEvent.CODE_INGESTED,
                            skill,
                            folder + ": " + added + " experiences from " + report.learnFiles()
                                    + " files in the order of " + split.order() + ", measured on what is later in "
                                    + report.heldOutFiles() + " files, left out " + split.skipped());
            return report;
        });
    }

    /** @param tokens of all files, also of those that are too old to be taken in */
    private record Earlier(List<Experience> experiences, long tokens) {}

    private Earlier earlier(List<SourceFile> files, Progress progress) {
        Chunks chunks = Chunks.toLearn(tools.model().tokenizer(), settings.sequenceLength());
        List<Experience> all = new ArrayList<>();
        long tokens = 0;
        for (int i = 0; i < files.size(); i++) {
            SourceFile file = files.get(i);
            for (Chunks.Piece piece : chunks.pieces(file.text(), file.allLines())) {
                all.add(file.experience(piece));
                tokens += piece.tokens();
            }
            progress.update("read", i + 1, files.size());
        }
        // what does not fit the replay buffer would push itself out again: the newest matter most
        List<Experience> newest = all.subList(Math.max(0, all.size() - settings.bufferSize()), all.size());
        // and as a life may be over before all are read, whatever part is read should tell of the whole
        Collections.shuffle(newest, new SplittableRandom(skill.hashCode()));
        return new Earlier(newest, tokens);
    }

    private int add(Connection connection, List<Experience> found) throws SQLException {
        int added = 0;
        for (Experience experience : found) {
            boolean sound = Guard.malformed(experience).isEmpty();
            added += sound && experiences.add(connection, experience, null).isPresent() ? 1 : 0;
        }
        return added;
    }

    /** @param tokens of all that is later, also of what is not measured */
    record Later(List<HeldOut> measured, long tokens) {}

    /** Every so manyth piece, so that measuring stays quick. A long one is no likelier than a short one, or most would be of new files. */
    static Later later(List<TimeSplit.Later> files, Chunks chunks, int wantedTokens) {
        List<List<Chunks.Piece>> pieces = files.stream()
                .map(file -> chunks.pieces(file.file().text(), file.written()))
                .toList();
        long tokens = pieces.stream()
                .flatMap(List::stream)
                .mapToLong(Chunks.Piece::tokens)
                .sum();
        double share = Math.min(1, (double) wantedTokens / Math.max(1, tokens));
        List<HeldOut> measured = new ArrayList<>();
        int passed = 0;
        for (int i = 0; i < files.size(); i++) {
            List<LineRange> lines = new ArrayList<>();
            for (Chunks.Piece piece : pieces.get(i)) {
                long before = (long) (share * passed++);
                if ((long) (share * passed) > before) {
                    lines.add(piece.lines());
                }
            }
            if (!lines.isEmpty()) {
                SourceFile file = files.get(i).file();
                measured.add(new HeldOut(file.path(), file.text(), lines));
            }
        }
        return new Later(measured, tokens);
    }
}
