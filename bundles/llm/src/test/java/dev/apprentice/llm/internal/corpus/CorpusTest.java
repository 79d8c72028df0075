package dev.apprentice.llm.internal.corpus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.apprentice.model.ModelException;
import dev.apprentice.model.Tokenizer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CorpusTest {
    private static final int END = 256;

    @TempDir
    private Path folder;

    /** A token for each byte. */
    private record Bytes(boolean markers) implements Tokenizer {
        @Override
        public int[] encode(String text) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            return IntStream.range(0, bytes.length).map(i -> bytes[i] & 0xFF).toArray();
        }

        @Override
        public String decode(int[] tokens) {
            byte[] bytes = new byte[tokens.length];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) tokens[i];
            }
            return new String(bytes, StandardCharsets.UTF_8);
        }

        @Override
        public byte[] bytes(int token) {
            return new byte[] {(byte) token};
        }

        @Override
        public OptionalInt special(String name) {
            int place = List.of("<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>")
                    .indexOf(name);
            return markers && place >= 0 ? OptionalInt.of(END + 1 + place) : OptionalInt.empty();
        }

        @Override
        public int endOfText() {
            return END;
        }
    }

    private record Document(boolean heldOut, String text) {}

    private List<Document> read(double heldOut) {
        List<Document> documents = new ArrayList<>();
        CorpusFolder.list(folder, heldOut)
                .read((isHeldOut, text) -> documents.add(new Document(isHeldOut, text)), files -> {});
        return documents;
    }

    private void write(String path, String text) throws IOException {
        Path file = folder.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    @Test
    void textIsReadAndNothingElse() throws IOException {
        write("b/B.java", "class B {}");
        write("a.txt", "ä");
        write("copy.txt", "ä");
        write(".git/config", "hidden");
        write("b/.hidden", "hidden");
        write("blank", "\n \n");
        Files.write(folder.resolve("image"), new byte[] {(byte) 0x89, 'P', 'N', 'G'});
        Files.write(folder.resolve("zeros"), new byte[] {'a', 0, 'b'});
        Files.createSymbolicLink(folder.resolve("link"), folder.resolve("a.txt"));

        assertThat(read(0.1)).extracting(Document::text).containsExactly("ä", "class B {}");
    }

    @Test
    void aFileStaysOnItsSideWhenOthersCome() throws IOException {
        for (int i = 0; i < 300; i++) {
            write("f" + i, "text " + i);
        }
        Set<String> before = heldOut(0.1);
        assertThat(before).hasSizeBetween(15, 50);
        for (int i = 300; i < 400; i++) {
            write("f" + i, "text " + i);
        }
        Set<String> after = heldOut(0.1);
        after.removeIf(text -> Integer.parseInt(text.substring(5)) >= 300);
        assertThat(after).isEqualTo(before);
    }

    private Set<String> heldOut(double share) {
        return read(share).stream()
                .filter(Document::heldOut)
                .map(Document::text)
                .collect(Collectors.toSet());
    }

    @Test
    void ofFewFilesOneIsHeldOut() throws IOException {
        for (int i = 0; i < 4; i++) {
            write("f" + i, "text " + i);
        }
        assertThat(heldOut(0.0001)).hasSize(1);
    }

    @Test
    void theListingTellsAChange() throws IOException {
        write("a", "1");
        write("b", "2");
        String before = CorpusFolder.list(folder, 0.1).listing();
        assertThat(CorpusFolder.list(folder, 0.1).listing()).isEqualTo(before);
        write("b", "22");
        assertThat(CorpusFolder.list(folder, 0.1).listing()).isNotEqualTo(before);
    }

    private TokenFile tokens(String... documents) throws IOException {
        Path file = folder.resolve("tokens");
        try (TokenFile.Writer writer = new TokenFile.Writer(file, new Bytes(true))) {
            for (String document : documents) {
                writer.add(document);
            }
            assertThat(file.resolveSibling("tokens.part")).exists();
            writer.finish();
        }
        return TokenFile.map(file);
    }

    private static FillInTheMiddle none() {
        return new FillInTheMiddle(0, new Bytes(false));
    }

    @Test
    void documentsLieOneAfterTheOther() throws IOException {
        TokenFile tokens = tokens("ab", "ç");
        assertThat(tokens.read(0, (int) tokens.size())).containsExactly('a', 'b', END, 0xC3, 0xA7, END);
    }

    @Test
    void everyEpochHasEveryPieceOnceInAnotherOrder() throws IOException {
        TokenFile tokens =
                tokens(IntStream.range(0, 70).mapToObj(i -> "%03d".formatted(i)).collect(Collectors.joining()));
        Windows windows = new Windows(tokens, 10, 5, none());
        List<List<List<Integer>>> epochs = new ArrayList<>();
        for (int epoch = 0; epoch < 2; epoch++) {
            epochs.add(windows.batch(epoch, 19).stream()
                    .map(piece -> Arrays.stream(piece).boxed().toList())
                    .toList());
        }
        assertThat(new HashSet<>(epochs.get(0))).hasSize(19);
        assertThat(epochs.get(1)).isNotEqualTo(epochs.get(0));

        // and what comes at a place depends on the seed alone
        assertThat(new Windows(tokens, 10, 5, none()).batch(1, 19).toArray(int[][]::new))
                .isDeepEqualTo(windows.batch(1, 19).toArray(int[][]::new));
    }

    @Test
    void aMiddleIsFilledInFromBothSides() {
        Bytes bytes = new Bytes(true);
        FillInTheMiddle always = new FillInTheMiddle(1, bytes);
        String first = "abcdefghijklmnop";
        int[] piece = IntStream.concat(
                        IntStream.concat(Arrays.stream(bytes.encode(first)), IntStream.of(END)),
                        Arrays.stream(bytes.encode("short")))
                .toArray();
        int[] arranged = always.apply(piece, new SplittableRandom(3));

        assertThat(arranged).hasSize(piece.length);
        List<Integer> all = Arrays.stream(arranged).boxed().toList();
        int suffix = all.indexOf(END + 2);
        int middle = all.indexOf(END + 3);
        int end = all.indexOf(END);
        assertThat(all.getFirst()).isEqualTo(END + 1);
        String before = bytes.decode(Arrays.copyOfRange(arranged, 1, suffix));
        String after = bytes.decode(Arrays.copyOfRange(arranged, suffix + 1, middle));
        String between = bytes.decode(Arrays.copyOfRange(arranged, middle + 1, end));
        assertThat(before + between + after).isEqualTo(first);
        // the markers have pushed out the end of what is too short to have a middle
        assertThat(bytes.decode(Arrays.copyOfRange(arranged, end + 1, arranged.length)))
                .isEqualTo("sh");
    }

    @Test
    void withoutMarkersNoMiddleIsFilledIn() {
        assertThatThrownBy(() -> new FillInTheMiddle(0.5, new Bytes(false)))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("<|fim_prefix|>");
    }

    @Test
    void heldOutPiecesAreSpreadOverTheFile() throws IOException {
        TokenFile tokens = tokens("x".repeat(99));
        assertThat(Windows.spread(tokens, 10, 50))
                .hasSize(5)
                .allSatisfy(piece -> assertThat(piece).hasSize(10));
        assertThat(Windows.spread(tokens, 1000, 5000))
                .hasSize(1)
                .allSatisfy(piece -> assertThat(piece).hasSize(100));
        TokenFile empty = tokens("");
        assertThatThrownBy(() -> Windows.spread(empty, 10, 50))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("held-out text has 1 tokens");
    }
}
