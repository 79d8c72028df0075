package dev.apprentice.learning.internal;

import dev.apprentice.learning.Experience;
import dev.apprentice.learning.IngestReport;
import dev.apprentice.learning.LearningException;
import dev.apprentice.learning.LearningSettings;
import dev.apprentice.learning.Progress;
import dev.apprentice.store.AuditEvent;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Takes in a folder of source: the earlier files become experiences, the later ones are held out for measuring. */
final class Ingest {
    private static final double HELD_OUT = 0.2; // of all tokens
    static final int MEASURED_TOKENS = 24_000;

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

    IngestReport run(Path path, Progress progress) {
        SourceFolder folder = SourceFolder.read(path);
        if (folder.files().size() < 2) {
            throw new LearningException(
                    LearningException.Code.NOTHING_TO_DO,
                    "There is only one Java file below " + path
                            + ", but one is needed to learn from and a later one to measure on: name a larger folder");
        }
        Chunks chunks = new Chunks(tools.model().tokenizer(), settings.sequenceLength());
        List<Chunks.Counted> files = new ArrayList<>();
        for (SourceFile file : folder.files()) {
            files.add(chunks.count(file));
            progress.update("read", files.size(), folder.files().size());
        }
        int split = split(files);
        List<Chunks.Counted> learn = files.subList(0, split);
        List<Chunks.Counted> heldOut = files.subList(split, files.size());
        List<Experience> cut = new ArrayList<>();
        learn.forEach(file -> cut.addAll(chunks.cut(file)));
        // what does not fit the replay buffer would push itself out again: the newest matter most
        List<Experience> newest = cut.subList(Math.max(0, cut.size() - settings.bufferSize()), cut.size());
        List<CommitStore.HeldOut> measured = store(spread(heldOut));
        int skipped =
                folder.skipped().values().stream().mapToInt(Integer::intValue).sum();
        int added = tools.store().inTransaction(connection -> {
            int count = 0;
            for (Experience experience : newest) {
                boolean sound = Guard.malformed(experience).isEmpty();
                count += sound && experiences.add(connection, experience, null).isPresent() ? 1 : 0;
            }
            commits.holdOut(connection, skill, measured);
            tools.store()
                    .audit()
                    .append(
                            AuditEvent.CODE_INGESTED,
                            skill,
                            path + ": " + count + " experiences from " + learn.size() + " files in the order of "
                                    + folder.order() + ", " + heldOut.size() + " held out, left out "
                                    + folder.skipped());
            return count;
        });
        return new IngestReport(
                folder.order(),
                files.size() + skipped,
                skipped,
                learn.size(),
                heldOut.size(),
                tokens(learn),
                tokens(heldOut),
                added);
    }

    /** The first file of the later part, which has about a fifth of the tokens; both parts have a file at least. */
    private static int split(List<Chunks.Counted> files) {
        long wanted = Math.round(tokens(files) * HELD_OUT);
        int split = files.size();
        for (long held = 0; split > 1 && held < wanted; split--) {
            held += files.get(split - 1).tokens();
        }
        return Math.clamp(split, 1, files.size() - 1);
    }

    /** Whole files spread evenly over the held-out part, so that measuring stays quick. */
    private static List<Chunks.Counted> spread(List<Chunks.Counted> heldOut) {
        int stride = (int) Math.max(1, Math.ceilDiv(tokens(heldOut), (long) MEASURED_TOKENS));
        List<Chunks.Counted> chosen = new ArrayList<>();
        long total = 0;
        for (int i = 0; i < heldOut.size(); i += stride) {
            if (chosen.isEmpty() || total + heldOut.get(i).tokens() <= MEASURED_TOKENS) {
                chosen.add(heldOut.get(i));
                total += heldOut.get(i).tokens();
            }
        }
        return chosen;
    }

    private List<CommitStore.HeldOut> store(List<Chunks.Counted> files) {
        return files.stream()
                .map(Chunks.Counted::file)
                .map(file -> new CommitStore.HeldOut(
                        file.path(), tools.store().blobs().put(file.text().getBytes(StandardCharsets.UTF_8))))
                .toList();
    }

    private static long tokens(List<Chunks.Counted> files) {
        return files.stream().mapToLong(Chunks.Counted::tokens).sum();
    }
}
