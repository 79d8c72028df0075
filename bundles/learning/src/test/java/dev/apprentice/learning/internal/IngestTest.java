package dev.apprentice.learning.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.apprentice.learning.Experience;
import dev.apprentice.learning.IngestReport;
import dev.apprentice.learning.Learner;
import dev.apprentice.learning.LearningException;
import dev.apprentice.learning.Measurement;
import dev.apprentice.learning.Progress;
import dev.apprentice.store.AuditEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IngestTest {
    @TempDir
    Path folder;

    @Test
    void withoutGitTheOrderIsThatOfFileTimes() throws IOException {
        file("b/Second.java", 2000);
        file("a/Third.java", 3000);
        file("c/First.java", 1000);

        SourceFolder read = SourceFolder.read(folder);

        assertThat(read.files())
                .extracting(SourceFile::path)
                .containsExactly("c/First.java", "b/Second.java", "a/Third.java");
    }

    @Test
    void withAHistoryTheSourceOfThenIsLearnedAndTheLinesSinceAreMeasured() throws Exception {
        git(0, "init", "-q");
        for (int i = 0; i < 10; i++) {
            file("old/Name" + i + ".java", 9000);
        }
        commit(1000);
        file("old/Younger.java", 1000);
        commit(2000);
        add("old/Name3.java", "names.size();", "\n        // counted once more\n        int twice = 2 * names.size();");
        git(0, "mv", "old/Name5.java", "old/Moved5.java");
        file("new/Added.java", 1000);
        add(
                "new/Added.java",
                "final class Added {",
                "\n    private int first;\n    private int second;\n    private int third;");
        TestPlatform.write(folder.resolve("new/Fresh.java"), fresh("Fresh", 40));
        commit(3000);
        file("new/Uncommitted.java", 4000);

        TimeSplit split = TimeSplit.of(folder);

        assertThat(split.order()).isEqualTo("git");
        assertThat(split.earlier()).extracting(SourceFile::path).hasSize(11).contains("old/Name5.java");
        assertThat(split.earlier().getLast().path()).isEqualTo("old/Younger.java");
        assertThat(split.earlier().getLast().seconds()).isEqualTo(2000);
        assertThat(split.skipped()).isEqualTo(Map.of("not committed", 1));
        Map<String, List<String>> written = new TreeMap<>();
        split.later().forEach(later -> written.put(later.file().path(), lines(later)));
        assertThat(written).containsOnlyKeys("new/Added.java", "new/Fresh.java", "old/Name3.java");
        assertThat(written.get("old/Name3.java"))
                .as("not the lines around them")
                .containsExactly("        // counted once more", "        int twice = 2 * names.size();");
        assertThat(written.get("new/Added.java"))
                .as("not the blocks that other files have")
                .contains("    private int second;")
                .noneMatch(line -> line.contains("return names.size();"));
        assertThat(written.get("new/Fresh.java")).hasSize(42);
    }

    @Test
    void aHistoryWithoutACutInTimeGivesWholeFilesInItsOrder() throws Exception {
        git(0, "init", "-q");
        for (int i = 0; i < 10; i++) {
            file("Name" + i + ".java", 9000 - i);
        }
        commit(1000);

        TimeSplit split = TimeSplit.of(folder);

        assertThat(split.order()).isEqualTo("git");
        assertThat(split.earlier()).hasSize(8);
        assertThat(split.later()).hasSize(2);
        assertThat(split.later())
                .allSatisfy(
                        later -> assertThat(lines(later)).hasSize(later.file().lineCount()));
    }

    @Test
    void aLicenceAboveTheTextDoesNotShiftTheLines() throws Exception {
        git(0, "init", "-q");
        String licence = "/*\n * Copyright of somebody\n */\n\n";
        TestPlatform.write(folder.resolve("A.java"), licence + fresh("A", 20));
        commit(1000);
        TestPlatform.write(
                folder.resolve("A.java"),
                licence + fresh("A", 20).replace("field7 = 7;", "field7 = 7;\n    int a = 1;\n    int b = 2;"));
        commit(2000);

        TimeSplit split = TimeSplit.of(folder);

        assertThat(split.later()).hasSize(1);
        assertThat(lines(split.later().getFirst())).containsExactly("    int a = 1;", "    int b = 2;");
    }

    private static String fresh(String type, int fields) {
        return "class " + type + " {\n"
                + IntStream.range(0, fields)
                        .mapToObj(i -> "    int " + type.toLowerCase(Locale.ROOT) + "field" + i + " = " + i + ";\n")
                        .collect(Collectors.joining())
                + "}\n";
    }

    private static List<String> lines(TimeSplit.Later later) {
        List<String> all = later.file().text().lines().toList();
        return later.written().stream()
                .flatMap(range -> all.subList(range.from(), range.to()).stream())
                .toList();
    }

    private void add(String name, String after, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.writeString(file, Files.readString(file).replace(after, after + text));
    }

    private void commit(long seconds) throws IOException, InterruptedException {
        git(seconds, "add", ".");
        git(
                seconds,
                "-c",
                "user.name=Test",
                "-c",
                "user.email=test@example.org",
                "commit",
                "-q",
                "-m",
                "at " + seconds);
    }

    private void git(long seconds, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("git", "-C", folder.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
        builder.environment().keySet().removeIf(name -> name.startsWith("GIT_"));
        builder.environment().put("GIT_AUTHOR_DATE", "@" + seconds + " +0000");
        builder.environment().put("GIT_COMMITTER_DATE", "@" + seconds + " +0000");
        assertThat(builder.start().waitFor()).isZero();
    }

    @Test
    void filesOfOneMomentAreNotOrderedByFolder() throws IOException {
        for (int i = 0; i < 20; i++) {
            file((i < 10 ? "a" : "b") + "/Name" + i + ".java", 1000);
        }

        List<SourceFile> later = SourceFolder.read(folder).files().subList(10, 20);

        assertThat(later)
                .anyMatch(file -> file.path().startsWith("a/"))
                .anyMatch(file -> file.path().startsWith("b/"));
    }

    @Test
    void whatCannotBeReadAsTextIsLeftOutWithItsReason() throws IOException {
        file("Good.java", 1000);
        Files.writeString(folder.resolve("Copy.java"), Files.readString(folder.resolve("Good.java")));
        Files.write(folder.resolve("Binary.java"), new byte[] {'a', 0, 'b'});
        Files.write(folder.resolve("Latin.java"), new byte[] {'a', (byte) 0xE4, 'b'});
        Files.writeString(folder.resolve("Huge.java"), "x".repeat(600_000));
        Files.writeString(folder.resolve("Empty.java"), "/* Copyright nobody */\n");
        file("target/Generated.java", 1000);
        file(".hidden/Hidden.java", 1000);

        SourceFolder read = SourceFolder.read(folder);

        assertThat(read.files()).hasSize(1);
        assertThat(read.skipped())
                .isEqualTo(Map.of(
                        "binary", 1, "not UTF-8", 1, "larger than 512 KiB", 1, "empty", 1, "a copy of another", 1));
    }

    @Test
    void aFolderWithoutJavaOrNoFolderIsReported() throws IOException {
        assertFault(folder.resolve("nowhere"), LearningException.Code.NOT_FOUND);
        Files.writeString(folder.resolve("README.md"), "no Java");
        assertFault(folder, LearningException.Code.NOTHING_TO_DO);
    }

    private static void assertFault(Path path, LearningException.Code code) {
        assertThatThrownBy(() -> SourceFolder.read(path))
                .isInstanceOfSatisfying(
                        LearningException.class,
                        fault -> assertThat(fault.code()).isEqualTo(code))
                .hasMessageContaining(path.toString());
    }

    @Test
    void licenceHeadersAreLeftOutAndOtherCommentsKept() {
        assertThat(LicenceHeader.strip("/*\n * Licensed to X\n */\npackage a;\n"))
                .isEqualTo("package a;\n");
        assertThat(LicenceHeader.strip("// Copyright X\n// more\n\npackage a;\n"))
                .isEqualTo("package a;\n");
        assertThat(LicenceHeader.strip("/** Adds. */\nclass A {}\n")).isEqualTo("/** Adds. */\nclass A {}\n");
    }

    @Test
    void chunksCoverTheFileOnceAndCarryWhatStoodBefore() {
        String text = "class A {\n" + "    int field = computeSomething(\"value\");\n".repeat(50) + "}\n";
        List<Experience> cut = experiences(text);

        assertThat(String.join("", cut.stream().map(Experience::answer).toList()))
                .isEqualTo(text);
        assertThat(cut.getFirst().prompt()).isEmpty();
        for (int i = 1; i < cut.size(); i++) {
            assertThat(cut.get(i - 1).answer()).endsWith(cut.get(i).prompt());
            assertThat(cut.get(i).prompt()).isNotEmpty();
            int tokens = TestPlatform.MODEL
                    .tokenizer()
                    .encode(cut.get(i).prompt() + cut.get(i).answer())
                    .length;
            assertThat(tokens).isLessThanOrEqualTo(64);
        }
    }

    private static List<Experience> experiences(String text) {
        SourceFile file = new SourceFile("A.java", 0, text, 0);
        return Chunks.toLearn(TestPlatform.MODEL.tokenizer(), 64).pieces(text, file.allLines()).stream()
                .map(file::experience)
                .toList();
    }

    @Test
    void onlyTheLinesAskedForAreCut() {
        String text = IntStream.range(0, 60)
                .mapToObj(i -> "    int field" + i + ";\n")
                .collect(Collectors.joining());

        List<Chunks.Piece> pieces = Chunks.toLearn(TestPlatform.MODEL.tokenizer(), 64)
                .pieces(text, List.of(new LineRange(3, 5), new LineRange(30, 50)));

        assertThat(pieces.getFirst().text()).isEqualTo("    int field3;\n    int field4;\n");
        assertThat(pieces.getFirst().before()).isEqualTo("    int field0;\n    int field1;\n    int field2;\n");
        assertThat(pieces.getFirst().lines()).isEqualTo(new LineRange(3, 5));
        assertThat(pieces).hasSizeGreaterThan(3);
        assertThat(String.join(
                        "", pieces.stream().skip(1).map(Chunks.Piece::text).toList()))
                .startsWith("    int field30;")
                .endsWith("    int field49;\n");
    }

    @Test
    void aLongLineIsCutIntoPieces() {
        String text = "String s = \"" + "αβγ😀 ".repeat(300) + "\";\n";
        List<Experience> cut = experiences(text);

        assertThat(cut).hasSizeGreaterThan(5);
        assertThat(String.join("", cut.stream().map(Experience::answer).toList()))
                .isEqualTo(text);
    }

    @Test
    void shortAndLongPiecesAreMeasuredAlike() {
        SplittableRandom random = new SplittableRandom(1);
        List<TimeSplit.Later> files = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            String path = random.nextBoolean() ? "Long.java" : "Short.java";
            String text = "int a = b;\n".repeat(path.equals("Long.java") ? 30 : 2);
            SourceFile file = new SourceFile(path, 0, text, 0);
            files.add(new TimeSplit.Later(file, file.allLines()));
        }
        Chunks chunks = Chunks.toMeasure(TestPlatform.MODEL.tokenizer());
        int tokens = (int) Ingest.later(files, chunks, 1).tokens();

        List<HeldOut> all = Ingest.later(files, chunks, tokens).measured();
        List<HeldOut> quarter = Ingest.later(files, chunks, tokens / 4).measured();

        assertThat(all).hasSize(400);
        assertThat(quarter).hasSizeBetween(99, 100);
        assertThat(quarter).filteredOn(file -> file.path().equals("Short.java")).hasSizeBetween(35, 65);
    }

    @Test
    void theLaterFifthIsHeldOutAndMeasured(@TempDir Path home) throws IOException {
        for (int i = 0; i < 20; i++) {
            file("Name" + i + ".java", 1000 + i);
        }
        try (TestPlatform platform = new TestPlatform(home)) {
            Learner learner = platform.install(TestPlatform.profile());

            IngestReport report = learner.ingest(folder, Learner.MEASURED_TOKENS, Progress.SILENT);

            assertThat(report.learnFiles() + report.heldOutFiles()).isEqualTo(20);
            assertThat((double) report.heldOutTokens() / (report.heldOutTokens() + report.learnTokens()))
                    .isCloseTo(0.2, within(0.06));
            assertThat(learner.buffer().waiting()).isEqualTo(report.experiences() - report.experiences() / 10);
            assertThat(platform.store.audit().latest(1).getFirst().event()).isEqualTo(AuditEvent.CODE_INGESTED);
            assertThat(learner.ingest(folder, Learner.MEASURED_TOKENS, Progress.SILENT)
                            .experiences())
                    .as("again the same")
                    .isZero();

            Measurement measured = learner.measure(Progress.SILENT);

            assertThat(measured.personal().top1()).isBetween(0.05, 0.95);
            assertThat(measured.personal().nats()).isBetween(0.1, 9.0);
            assertThat(measured.personal().lines()).isPositive();
            assertThat(measured.personal().editSimilarity()).isBetween(0.0, 1.0);
            assertThat(measured.core().tokens()).isPositive();
            assertThat(measured.latencyMsPerToken().base()).isPositive();
            assertThat(learner.cycle(Progress.SILENT).validation().personal().before())
                    .isPositive();
        }
    }

    private void file(String name, long seconds) throws IOException {
        Path file = folder.resolve(name);
        String type = name.substring(name.lastIndexOf('/') + 1).replace(".java", "");
        TestPlatform.write(file, """
                package example;

                import java.util.List;

                /** A part called %1$s. */
                final class %1$s {
                    private final List<String> names;

                    %1$s(List<String> names) {
                        this.names = List.copyOf(names);
                    }

                    int count() {
                        return names.size();
                    }
                }
                """.formatted(type));
        Files.setLastModifiedTime(file, FileTime.from(Instant.ofEpochSecond(seconds)));
    }
}
