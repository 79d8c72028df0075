package dev.apprentice.llm.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.apprentice.compute.DataType;
import dev.apprentice.model.Adapter;
import dev.apprentice.model.AnswerForm;
import dev.apprentice.model.GenerationEvent;
import dev.apprentice.model.GenerationRequest;
import dev.apprentice.model.Sampling;
import dev.apprentice.model.ScoredToken;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PrefixCacheTest {
    /** A long prompt: {@code tokens} of a text that does not repeat soon. */
    private static int[] prompt(int tokens, int variant) {
        return IntStream.range(0, tokens)
                .map(i -> (i * 37 + (i / 7) * 101 + variant * 13) % 8000)
                .toArray();
    }

    /** An answer with the five likeliest tokens at each place. */
    private record Answer(List<ScoredToken> tokens, int cached) {
        /**
         * Fails unless the texts are the same and the logits are: up to the last bits, since the Vector API adds lanes up in an order
         * that changes when the code is compiled.
         */
        void assertSame(Answer other) {
            assertThat(tokens).extracting(ScoredToken::id).isEqualTo(ids(other.tokens));
            for (int i = 0; i < tokens.size(); i++) {
                List<ScoredToken> ours = tokens.get(i).alternatives();
                List<ScoredToken> theirs = other.tokens.get(i).alternatives();
                assertThat(ids(ours)).isEqualTo(ids(theirs));
                for (int j = 0; j < ours.size(); j++) {
                    assertThat(ours.get(j).logProbability())
                            .isCloseTo(theirs.get(j).logProbability(), within(2e-5));
                }
            }
        }

        private static List<Integer> ids(List<ScoredToken> tokens) {
            return tokens.stream().map(ScoredToken::id).toList();
        }
    }

    private static Answer ask(LlamaModel model, int[] prompt, @Nullable Adapter adapter) {
        List<ScoredToken> tokens = new ArrayList<>();
        GenerationRequest request = new GenerationRequest(
                prompt, 12, new Sampling(0.8, 0, 1, 0, 1, 5), List.of(), OptionalInt.of(5), AnswerForm.FREE);
        int cached = model.generate(request, adapter, event -> {
                    if (event instanceof GenerationEvent.Piece piece) {
                        tokens.addAll(piece.tokens());
                    }
                    return true;
                })
                .usage()
                .cachedTokens();
        return new Answer(tokens, cached);
    }

    private static LlamaModel model(DataType keyValues, long budget) {
        return TestModel.with(new GenerationSettings(keyValues, budget));
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"F32", "F16", "Q8_0"})
    void aHitGivesWhatAMissGives(DataType type) {
        LlamaModel with = model(type, 64 << 20);
        LlamaModel without = model(type, 0);
        for (int tokens : new int[] {100, 128, 129, 300, 512, 600}) {
            Answer miss = ask(without, prompt(tokens, 0), null);
            assertThat(miss.cached()).isZero();
            ask(with, prompt(tokens, 0), null).assertSame(miss);
            Answer hit = ask(with, prompt(tokens, 0), null);
            hit.assertSame(miss);
            assertThat(hit.cached()).isEqualTo((tokens - 1) / 128 * 128);
        }
    }

    @Test
    void whatWasLearnedUnderOneAdapterServesNoOther() {
        LlamaModel with = model(DataType.F32, 64 << 20);
        LlamaModel without = model(DataType.F32, 0);
        Adapter one = TestModel.goldenAdapter(with);
        float[] other = TestModel.floats(one.values());
        other[other.length - 1] += 0.5f;
        Adapter two = with.adapterOf(one.spec(), MemorySegment.ofArray(other));
        int[] prompt = prompt(300, 1);
        for (int round = 0; round < 2; round++) {
            for (@Nullable Adapter adapter : Arrays.asList(null, one, two)) {
                Answer answer = ask(with, prompt, adapter);
                assertThat(answer.cached()).isEqualTo(round * 256);
                answer.assertSame(ask(without, prompt, adapter));
            }
        }
    }

    @Test
    void promptsShareTheirBeginning() {
        LlamaModel model = model(DataType.F16, 64 << 20);
        int[] first = prompt(400, 2);
        int[] second = Arrays.copyOf(first, 380);
        second[200]++;
        assertThat(ask(model, first, null).cached()).isZero();
        assertThat(ask(model, second, null).cached()).isEqualTo(128);
        assertThat(ask(model, second, null).cached()).isEqualTo(256);
        assertThat(ask(model, first, null).cached()).isEqualTo(384);
    }

    @Test
    void whatWasNotUsedForLongestIsForgotten() {
        LlamaModel probe = model(DataType.F32, 0);
        long token = KeyValueCache.tokenBytes(probe.transformer().config(), DataType.F32)
                + 4L * probe.info().width();
        LlamaModel model = model(DataType.F32, 4 * 128 * token + 5);
        int[] one = prompt(260, 3);
        int[] two = prompt(260, 4);
        int[] three = prompt(260, 5);
        ask(model, one, null);
        ask(model, two, null);
        assertThat(ask(model, one, null).cached()).isEqualTo(256);
        ask(model, three, null);
        assertThat(model.prefixes().size()).isEqualTo(4 * 128 * token);
        assertThat(ask(model, one, null).cached()).isEqualTo(256);
        assertThat(ask(model, two, null).cached()).isZero();
    }
}
