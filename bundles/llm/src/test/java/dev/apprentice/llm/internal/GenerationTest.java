package dev.apprentice.llm.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.apprentice.compute.DataType;
import dev.apprentice.model.Adapter;
import dev.apprentice.model.AnswerForm;
import dev.apprentice.model.GenerationEvent;
import dev.apprentice.model.GenerationEvent.FinishReason;
import dev.apprentice.model.GenerationRequest;
import dev.apprentice.model.ModelException;
import dev.apprentice.model.Sampling;
import dev.apprentice.model.ScoredToken;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class GenerationTest {
    private static final String PROMPT = "public class Point {\n"
            + "    private final int x;\n"
            + "    private final int y;\n\n"
            + "    public Point(int x, int y) {\n"
            + "        this.x = ";
    private final LlamaModel model = TestModel.load(DataType.BF16);

    private record Answer(List<GenerationEvent.Piece> pieces, GenerationEvent.Finished finished) {
        String text() {
            return String.join(
                    "", pieces.stream().map(GenerationEvent.Piece::text).toList());
        }
    }

    private Answer ask(String prompt, int maxTokens, Sampling sampling, @Nullable Adapter adapter, String... stops) {
        List<GenerationEvent> events = new ArrayList<>();
        GenerationEvent.Finished finished = model.generate(
                new GenerationRequest(model.tokenizer().encode(prompt), maxTokens, sampling, List.of(stops)),
                adapter,
                events::add);
        assertThat(events.getLast()).isEqualTo(finished);
        List<GenerationEvent.Piece> pieces = new ArrayList<>();
        for (GenerationEvent event : events.subList(0, events.size() - 1)) {
            pieces.add((GenerationEvent.Piece) event);
        }
        return new Answer(pieces, finished);
    }

    @Test
    void endsAtTheTokenLimit() {
        Answer answer = ask(PROMPT, 7, Sampling.GREEDY, null);

        assertThat(answer.finished().reason()).isEqualTo(FinishReason.LENGTH);
        assertThat(answer.finished().usage().completionTokens()).isEqualTo(7);
        assertThat(answer.finished().usage().promptTokens()).isEqualTo(31);
        assertThat(answer.pieces()).allMatch(piece -> piece.tokens().isEmpty());
    }

    /** The tokens of an answer with the three likeliest at each place. */
    private List<ScoredToken> scored(int maxTokens, Sampling sampling, String... stops) {
        List<ScoredToken> tokens = new ArrayList<>();
        GenerationRequest request = new GenerationRequest(
                model.tokenizer().encode(PROMPT),
                maxTokens,
                sampling,
                List.of(stops),
                OptionalInt.of(3),
                AnswerForm.FREE);
        model.generate(request, null, event -> {
            if (event instanceof GenerationEvent.Piece piece) {
                tokens.addAll(piece.tokens());
            }
            return true;
        });
        return tokens;
    }

    @Test
    void tokensAreReportedAsLikelyAsScoringFindsThem() {
        List<ScoredToken> tokens = scored(12, Sampling.GREEDY);
        int[] prompt = model.tokenizer().encode(PROMPT);
        int[] all = IntStream.concat(IntStream.of(prompt), tokens.stream().mapToInt(ScoredToken::id))
                .toArray();
        float[] nats = model.score(all, prompt.length, null).nats();

        assertThat(tokens).hasSize(12);
        for (int i = 0; i < nats.length; i++) {
            ScoredToken token = tokens.get(i);
            // many tokens at once are multiplied with activations rounded to the weights' BF16
            assertThat(token.logProbability()).isCloseTo(-nats[i], within(1e-2));
            assertThat(token.alternatives()).hasSize(3);
            assertThat(token.alternatives().getFirst().id()).isEqualTo(token.id());
            assertThat(token.alternatives().get(1).logProbability())
                    .isBetween(token.alternatives().get(2).logProbability(), token.logProbability());
        }
    }

    @Test
    void tokensOfAStopStringAreNotReported() {
        String text = scored(32, Sampling.GREEDY, "}\n\n    public int").stream()
                .map(token -> model.tokenizer().decode(new int[] {token.id()}))
                .collect(Collectors.joining());

        assertThat(text).startsWith("0x00;\n        this.y = 0x00;\n    ").doesNotContain("public");
    }

    @Test
    void aBiasForbidsAndForcesTokens() {
        int first = scored(1, Sampling.GREEDY).getFirst().id();
        int second = scored(1, Sampling.GREEDY).getFirst().alternatives().get(1).id();
        Sampling without = new Sampling(0, 0, 1, 0, Sampling.Penalties.NONE, Map.of(first, -100.0), 0);
        Sampling always = new Sampling(0, 0, 1, 0, Sampling.Penalties.NONE, Map.of(777, 100.0), 0);

        assertThat(scored(1, without).getFirst().id()).isEqualTo(second);
        assertThat(scored(3, always)).extracting(ScoredToken::id).containsOnly(777);
        assertThatThrownBy(() ->
                        ask(PROMPT, 1, new Sampling(0, 0, 1, 0, Sampling.Penalties.NONE, Map.of(8192, 1.0), 0), null))
                .hasMessageContaining("8192");
    }

    @Test
    void embeddingsAreUnitVectorsThatTellMeanings() {
        float[] loop = embed("for (int i = 0; i < n; i++) {", null);
        float[] otherLoop = embed("for (int k = 1; k < size; k++) {", null);
        float[] prose = embed("The old house by the sea was empty.", null);

        assertThat(loop).hasSize(384);
        assertThat(dot(loop, loop)).isCloseTo(1, within(1e-5));
        assertThat(dot(loop, otherLoop)).isGreaterThan(dot(loop, prose) + 0.1);
        assertThat(embed("for (int i = 0; i < n; i++) {", TestModel.goldenAdapter(model)))
                .isNotEqualTo(loop);
        assertThatThrownBy(() -> model.embed(new int[0], null)).hasMessageContaining("without tokens");
    }

    private float[] embed(String text, @Nullable Adapter adapter) {
        return model.embed(model.tokenizer().encode(text), adapter);
    }

    private static double dot(float[] a, float[] b) {
        return IntStream.range(0, a.length)
                .mapToDouble(i -> (double) a[i] * b[i])
                .sum();
    }

    @Test
    void endsBeforeAStopStringThatSpansTokens() {
        Answer whole = ask(PROMPT, 32, Sampling.GREEDY, null);
        Answer stopped = ask(PROMPT, 32, Sampling.GREEDY, null, "}\n\n    public int", "never");

        assertThat(whole.text()).startsWith("0x00;\n        this.y = 0x00;\n    }\n\n    public int");
        assertThat(stopped.text()).isEqualTo("0x00;\n        this.y = 0x00;\n    ");
        assertThat(stopped.finished().reason()).isEqualTo(FinishReason.STOP);
    }

    @Test
    void theSinkCancelsBeforeTheNextToken() {
        List<GenerationEvent> events = new ArrayList<>();
        GenerationEvent.Finished finished = model.generate(
                new GenerationRequest(model.tokenizer().encode(PROMPT), 32, Sampling.GREEDY, List.of()),
                null,
                event -> {
                    events.add(event);
                    return events.size() < 3;
                });

        assertThat(finished.reason()).isEqualTo(FinishReason.CANCELLED);
        assertThat(events).hasSize(4).last().isEqualTo(finished);
        assertThat(finished.usage().completionTokens()).isEqualTo(3);
    }

    @Test
    void equalSeedsGiveEqualTextsAndOthersOthers() {
        Sampling warm = new Sampling(1.2, 50, 0.95, 0.01, 1.1, 7);
        String text = ask(PROMPT, 24, warm, null).text();

        assertThat(ask(PROMPT, 24, warm, null).text()).isEqualTo(text);
        assertThat(ask(PROMPT, 24, new Sampling(1.2, 50, 0.95, 0.01, 1.1, 8), null)
                        .text())
                .isNotEqualTo(text);
    }

    @Test
    void provenanceNamesWhatMadeTheAnswer() {
        Adapter adapter = TestModel.goldenAdapter(model);
        Sampling sampling = new Sampling(0, 0, 1, 0, 1, 99);

        assertThat(ask(PROMPT, 1, sampling, adapter).finished().provenance())
                .isEqualTo(new GenerationEvent.Provenance(model.info().digest(), adapter.digest(), 99));
        assertThat(ask(PROMPT, 1, sampling, null).finished().provenance().adapterDigest())
                .isEmpty();
    }

    @Test
    void promptsThatDoNotFitAreRefused() {
        int[] tooLong = new int[2048];
        assertThatThrownBy(() ->
                        model.generate(new GenerationRequest(tooLong, 1, Sampling.GREEDY, List.of()), null, e -> true))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("2048");
        int[] foreign = {8192};
        assertThatThrownBy(() ->
                        model.generate(new GenerationRequest(foreign, 1, Sampling.GREEDY, List.of()), null, e -> true))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("8192");
        assertThatThrownBy(() -> ask(PROMPT, 1, Sampling.GREEDY, null, ""))
                .hasMessageContaining("stop string is empty");
    }

    @Test
    void theEndOfTheContextEndsTheAnswer() {
        int[] prompt = new int[2045];
        GenerationEvent.Finished finished = model.generate(
                new GenerationRequest(prompt, 100, new Sampling(1, 0, 1, 0, 1, 1), List.of()), null, e -> true);

        assertThat(finished.reason()).isEqualTo(FinishReason.LENGTH);
        assertThat(finished.usage().completionTokens()).isEqualTo(4);
    }

    @Test
    void saysWhatATokenTakesWithoutAndWithAnAdapter() {
        ask(PROMPT, 200, Sampling.GREEDY, null);
        double base = ask(PROMPT, 100, Sampling.GREEDY, null).finished().usage().millisPerToken();
        double adapted = ask(PROMPT, 100, Sampling.GREEDY, TestModel.goldenAdapter(model))
                .finished()
                .usage()
                .millisPerToken();

        System.out.printf(Locale.ROOT, "decode BF16: %.2f ms a token, adapted %.2f ms%n", base, adapted);
        assertThat(base).isPositive().isLessThan(500);
        assertThat(adapted).isPositive().isLessThan(500);
    }
}
