package dev.apprentice.llm.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;
import static org.assertj.core.api.Assertions.within;

import dev.apprentice.compute.DataType;
import dev.apprentice.compute.Tensor;
import dev.apprentice.model.Adapter;
import dev.apprentice.model.AnswerForm;
import dev.apprentice.model.GenerationEvent;
import dev.apprentice.model.GenerationEvent.FinishReason;
import dev.apprentice.model.GenerationRequest;
import dev.apprentice.model.Sampling;
import dev.apprentice.model.ScoredToken;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class BatcherTest {
    private static final String[] PROMPTS = {
        "public class Point {\n    private final int x;\n",
        "The old house by the sea",
        "import java.util.List;\n\npublic interface Shape {\n",
        "for (int i = 0; i < n; i++) {\n"
    };

    private final LlamaModel model = TestModel.load(DataType.BF16);
    private final Adapter golden = TestModel.goldenAdapter(model);
    private final List<@Nullable Adapter> adapters = Arrays.asList(null, golden, other(), golden);

    private Adapter other() {
        float[] values = TestModel.floats(golden.values());
        for (int i = 0; i < values.length; i++) {
            values[i] *= 0.9f + 0.2f * (i % 2);
        }
        return model.adapterOf(golden.spec(), MemorySegment.ofArray(values));
    }

    private GenerationRequest request(String prompt, int tokens) {
        return new GenerationRequest(
                model.tokenizer().encode(prompt),
                tokens,
                Sampling.GREEDY,
                List.of(),
                OptionalInt.of(0),
                AnswerForm.FREE);
    }

    private List<ScoredToken> tokens(int which, int count) {
        List<ScoredToken> tokens = new ArrayList<>();
        model.generate(request(PROMPTS[which], count), adapters.get(which), event -> {
            if (event instanceof GenerationEvent.Piece piece) {
                tokens.addAll(piece.tokens());
            }
            return true;
        });
        return tokens;
    }

    private static <T> List<T> together(List<Callable<T>> calls) throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<T> results = new ArrayList<>();
            for (Future<T> result : threads.invokeAll(calls)) {
                results.add(result.get());
            }
            return results;
        }
    }

    @Test
    void generationsWithSeveralAdaptersAnswerTogetherAsAlone() throws Exception {
        List<Callable<List<ScoredToken>>> calls = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            int which = i % 4;
            calls.add(() -> tokens(which, 40));
        }
        List<List<ScoredToken>> answers = together(calls);
        for (int i = 0; i < 8; i++) {
            List<ScoredToken> alone = tokens(i % 4, 40);
            List<ScoredToken> answer = answers.get(i);
            assertThat(answer).hasSameSizeAs(alone);
            for (int at = 0; at < alone.size(); at++) {
                assertThat(answer.get(at).id()).isEqualTo(alone.get(at).id());
                assertThat(answer.get(at).logProbability())
                        .isCloseTo(alone.get(at).logProbability(), within(1e-3));
            }
        }
    }

    @Test
    void aPassOverSeveralAdaptersGivesTheLogitsOfEach() {
        int[] token = {500};
        List<Network> networks = new ArrayList<>();
        for (@Nullable Adapter adapter : adapters) {
            networks.add(
                    adapter == null
                            ? model.baseNetwork()
                            : Network.adapted(model.weights(), model.layout(adapter), adapter.values()));
        }
        networks.set(3, networks.get(1));
        try (Arena arena = Arena.ofShared();
                Pass pass = new Pass(model.transformer(), 4, model.baseNetwork())) {
            List<Session> sessions = new ArrayList<>();
            List<Pass.Part> parts = new ArrayList<>();
            int[] tokens = new int[4];
            for (int row = 0; row < 4; row++) {
                Session session = new Session(model.transformer(), networks.get(row), 1);
                session.read(model.tokenizer().encode(PROMPTS[row]));
                sessions.add(session);
                parts.add(new Pass.Part(session.cache(), row, 1));
                tokens[row] = token[0];
            }
            float[] mixed = TestModel.floats(
                    pass.run(MixedNetwork.of(networks), tokens, parts).data());
            for (int row = 0; row < 4; row++) {
                try (Session alone = new Session(model.transformer(), networks.get(row), 1)) {
                    alone.read(model.tokenizer().encode(PROMPTS[row]));
                    Tensor expected = alone.read(token);
                    for (int i = 0; i < expected.columns(); i++) {
                        assertThat(mixed[row * expected.columns() + i]).isCloseTo(expected.get(0, i), within(2e-4f));
                    }
                }
                sessions.get(row).close();
            }
            assertThat(arena.scope().isAlive()).isTrue();
        }
    }

    @Test
    void oneThatFailsHurtsNoOther() throws Exception {
        Callable<List<ScoredToken>> failing = () -> {
            model.generate(request(PROMPTS[1], 30), golden, event -> {
                throw new IllegalStateException("the client is gone");
            });
            return List.of();
        };
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<List<ScoredToken>> good = threads.submit(() -> tokens(0, 30));
            Future<List<ScoredToken>> bad = threads.submit(failing);
            assertThatThrownBy(bad::get).hasRootCauseMessage("the client is gone");
            assertThat(good.get()).isEqualTo(tokens(0, 30));
        }
    }

    @Test
    void aStepThatCannotBeRunFailsAlone() throws Exception {
        Batcher batcher = new Batcher(model.transformer());
        CountDownLatch begun = new CountDownLatch(2);
        Callable<float[]> good = () -> {
            try (Session session = new Session(model.transformer(), model.baseNetwork(), 1);
                    Batcher.Seat seat = batcher.join();
                    Arena arena = Arena.ofShared()) {
                StepResult result =
                        StepResult.allocate(arena, model.transformer().config());
                seat.step(session, 5, result);
                begun.countDown();
                begun.await(5, TimeUnit.SECONDS);
                for (int i = 0; i < 5; i++) {
                    seat.step(session, 7, result);
                }
                return TestModel.floats(result.logits().data());
            }
        };
        Callable<float[]> bad = () -> {
            try (Session session = new Session(model.transformer(), model.baseNetwork(), 1);
                    Batcher.Seat seat = batcher.join();
                    Arena arena = Arena.ofShared()) {
                StepResult result =
                        StepResult.allocate(arena, model.transformer().config());
                seat.step(session, 5, result);
                begun.countDown();
                begun.await(5, TimeUnit.SECONDS);
                assertThatThrownBy(() -> seat.step(session, 1 << 20, result)).isInstanceOf(RuntimeException.class);
                return new float[0];
            }
        };
        List<float[]> results = together(List.of(good, bad, good));
        assertThat(results.get(0)).hasSize(8192);
        assertThat(results.get(2)).containsExactly(results.get(0), offset(1e-3f));
    }

    @Test
    void aSlowClientDelaysNoOther() throws Exception {
        tokens(0, 60);
        long start = System.nanoTime();
        tokens(0, 60);
        double alone = (System.nanoTime() - start) / 1e9;
        CountDownLatch stop = new CountDownLatch(1);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<GenerationEvent.Finished> slow =
                    threads.submit(() -> model.generate(request(PROMPTS[1], 30), golden, event -> {
                        try {
                            return !stop.await(300, TimeUnit.MILLISECONDS);
                        } catch (InterruptedException e) {
                            return false;
                        }
                    }));
            Thread.sleep(50);
            start = System.nanoTime();
            tokens(0, 60);
            double beside = (System.nanoTime() - start) / 1e9;
            stop.countDown();
            assertThat(slow.get().reason()).isEqualTo(FinishReason.CANCELLED);
            assertThat(beside).isLessThan(3 * alone + 0.3);
        }
    }

    @Test
    void saysWhatManySessionsTogetherGive() throws Exception {
        StringBuilder table = new StringBuilder("four kinds of sessions, tokens a second in all: one after the other");
        for (int count : new int[] {1, 2, 4, 8}) {
            double best = 0;
            for (int round = 0; round < 3; round++) {
                long start = System.nanoTime();
                int made = 0;
                for (int first = 0; first < 8; first += count) {
                    List<Callable<List<ScoredToken>>> calls = new ArrayList<>();
                    for (int i = first; i < first + count; i++) {
                        int which = i % 4;
                        calls.add(() -> tokens(which, 60));
                    }
                    made += together(calls).stream().mapToInt(List::size).sum();
                }
                best = Math.max(best, made * 1e9 / (System.nanoTime() - start));
            }
            table.append(String.format(Locale.ROOT, " %.0f;%s", best, count < 8 ? " " + 2 * count + " together" : ""));
        }
        System.out.println(table);
        assertThat(table).isNotEmpty();
    }
}
