package dev.apprentice.openai.internal;

import dev.apprentice.http.Exchange;
import dev.apprentice.model.AnswerForm;
import dev.apprentice.model.GenerationEvent.FinishReason;
import dev.apprentice.model.GenerationEvent.Finished;
import dev.apprentice.model.GenerationEvent.Piece;
import dev.apprentice.model.GenerationRequest;
import dev.apprentice.model.GenerationSink;
import dev.apprentice.model.LanguageModel;
import dev.apprentice.model.Recall;
import dev.apprentice.model.Sampling;
import dev.apprentice.model.ScoredToken;
import dev.apprentice.model.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** From a question to its answers: prepare, generate, finish, and say what made them. */
final class Answering {
    /** Where the next turn of a conversation that is written out as a dialogue begins. */
    private static final String NEXT_TURN = "\nUser:";

    private final LanguageModel model;

    Answering(LanguageModel model) {
        this.model = model;
    }

    void answer(Exchange exchange, Question question, Responder responder, AnswerFormat format) {
        Prompt prompt = prompt(question, responder);
        GenerationRequest request = request(question, responder, prompt);
        AnswerHead head = AnswerHead.of(format.idPrefix(), responder.name());
        Provenance expected = Provenance.expected(
                model.info().digest(), responder, request.sampling().seed(), prompt.suffixUsed);
        int choices = question.fields().choices();
        exchange.answerHeader(Provenance.HEADER, expected.asHeader());
        if (question.fields().streams()) {
            AnswerStream stream = new AnswerStream(exchange, head, format, expected);
            List<Finished> finished = new ArrayList<>();
            for (int i = 0; i < choices; i++) {
                finished.add(generate(request, prompt, i, responder, stream.answer(i, question.echo())));
                if (finished.getLast().reason() == FinishReason.CANCELLED) {
                    return;
                }
            }
            stream.end(finished, question);
        } else {
            List<Answer> answers = new ArrayList<>();
            for (int i = 0; i < choices; i++) {
                answers.add(whole(request, prompt, i, responder, question));
            }
            Finished first = answers.getFirst().finished();
            exchange.answerJson(200, format.whole(head, answers, expected.confirmed(first.provenance())));
        }
    }

    private Answer whole(GenerationRequest request, Prompt prompt, int index, Responder responder, Question question) {
        StringBuilder text = new StringBuilder();
        List<ScoredToken> tokens = new ArrayList<>();
        Finished finished = generate(request, prompt, index, responder, event -> {
            if (event instanceof Piece piece) {
                text.append(piece.text());
                tokens.addAll(piece.tokens());
            }
            return true;
        });
        return new Answer(index, question.echo() + responder.finish(text.toString()), tokens, finished);
    }

    /** The answers to one question have seeds that follow each other. */
    private Finished generate(
            GenerationRequest request, Prompt prompt, int index, Responder responder, GenerationSink sink) {
        GenerationRequest one = request.withSeed(request.sampling().seed() + index);
        Recall recall = responder.recall();
        recall.read(prompt.before);
        return model.generate(one, responder.adapter(), recall, sink);
    }

    /**
     * A conversation with the base is written as its own template says, if it has one, else as a dialogue; of a gap before a suffix see
     * {@link #continued}.
     */
    private Prompt prompt(Question question, Responder responder) {
        if (question.messages().isEmpty()) {
            return continued(question, responder, List.of());
        }
        Optional<int[]> conversation = switch (responder) {
            case Responder.Base _ -> model.conversation(question.messages());
            case Responder.Skill _ -> Optional.empty();
        };
        return conversation
                .map(tokens -> new Prompt(tokens, tokens, false, List.of()))
                .orElseGet(() -> continued(question, responder, List.of(NEXT_TURN)));
    }

    /**
     * Fills the gap before a suffix if the model was trained to, up to where it would write the suffix again; else goes on from the prompt
     * and says so.
     */
    private Prompt continued(Question question, Responder responder, List<String> ends) {
        String text = responder.prepare(question.prompt());
        String suffix = question.prompt().suffix();
        Optional<int[]> gap = suffix.isEmpty() ? Optional.empty() : model.fillInTheMiddle(text, suffix);
        Tokenizer tokenizer = model.tokenizer();
        int[] plain = text.isEmpty() ? new int[] {tokenizer.endOfText()} : tokenizer.encode(text);
        return gap.map(tokens -> new Prompt(tokens, around(suffix, plain), true, before(suffix, ends)))
                .orElseGet(() -> new Prompt(plain, plain, false, ends));
    }

    private static List<String> before(String suffix, List<String> ends) {
        return Stream.concat(ends.stream(), SuffixStop.of(suffix).stream()).toList();
    }

    /** What stands around a gap as one text that ends where the gap begins. */
    private int[] around(String suffix, int[] before) {
        Tokenizer tokenizer = model.tokenizer();
        return Stream.of(tokenizer.encode(suffix), new int[] {tokenizer.endOfText()}, before)
                .flatMapToInt(IntStream::of)
                .toArray();
    }

    private static GenerationRequest request(Question question, Responder responder, Prompt prompt) {
        Integer maxTokens = question.maxTokens();
        AnswerForm form = question.fields().form();
        Sampling sampling = question.fields().sampling(responder.defaults().temperature());
        return new GenerationRequest(
                prompt.tokens,
                maxTokens == null ? responder.defaults().maxTokens() : maxTokens,
                sampling,
                form instanceof AnswerForm.Free ? stops(question, responder, prompt) : List.of(),
                question.alternatives(),
                form);
    }

    private static List<String> stops(Question question, Responder responder, Prompt prompt) {
        List<String> asked = question.stops();
        return Stream.concat(
                        prompt.ends.stream(),
                        (asked == null ? responder.defaults().stops() : asked).stream())
                .toList();
    }

    /**
     * @param before what recall reads before the answer
     * @param ends texts that end the answer to it
     */
    @SuppressWarnings("ArrayRecordComponent")
    private record Prompt(int[] tokens, int[] before, boolean suffixUsed, List<String> ends) {}
}
