package dev.apprentice.openai.internal;

import dev.apprentice.http.Exchange;
import dev.apprentice.model.AnswerForm;
import dev.apprentice.model.GenerationEvent.FinishReason;
import dev.apprentice.model.GenerationEvent.Finished;
import dev.apprentice.model.GenerationEvent.Piece;
import dev.apprentice.model.GenerationRequest;
import dev.apprentice.model.GenerationSink;
import dev.apprentice.model.LanguageModel;
import dev.apprentice.model.Sampling;
import dev.apprentice.model.ScoredToken;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** From a question to its answers: prepare, generate, finish, and say what made them. */
final class Answering {
    private final LanguageModel model;

    Answering(LanguageModel model) {
        this.model = model;
    }

    void answer(Exchange exchange, Question question, Responder responder, AnswerFormat format) {
        Prompt prompt = prompt(question, responder);
        GenerationRequest request = request(question, responder, prompt.tokens);
        AnswerHead head = AnswerHead.of(format.idPrefix(), responder.name());
        Provenance expected = Provenance.expected(
                model.info().digest(), responder, request.sampling().seed(), prompt.suffixUsed);
        int choices = question.fields().choices();
        exchange.answerHeader(Provenance.HEADER, expected.asHeader());
        if (question.fields().streams()) {
            AnswerStream stream = new AnswerStream(exchange, head, format, expected);
            List<Finished> finished = new ArrayList<>();
            for (int i = 0; i < choices; i++) {
                finished.add(generate(request, i, responder, stream.answer(i, question.echo())));
                if (finished.getLast().reason() == FinishReason.CANCELLED) {
                    return;
                }
            }
            stream.end(finished, question);
        } else {
            List<Answer> answers = new ArrayList<>();
            for (int i = 0; i < choices; i++) {
                answers.add(whole(request, i, responder, question));
            }
            Finished first = answers.getFirst().finished();
            exchange.answerJson(200, format.whole(head, answers, expected.confirmed(first.provenance())));
        }
    }

    private Answer whole(GenerationRequest request, int index, Responder responder, Question question) {
        StringBuilder text = new StringBuilder();
        List<ScoredToken> tokens = new ArrayList<>();
        Finished finished = generate(request, index, responder, event -> {
            if (event instanceof Piece piece) {
                text.append(piece.text());
                tokens.addAll(piece.tokens());
            }
            return true;
        });
        return new Answer(index, question.echo() + responder.finish(text.toString()), tokens, finished);
    }

    /** The answers to one question have seeds that follow each other. */
    private Finished generate(GenerationRequest request, int index, Responder responder, GenerationSink sink) {
        GenerationRequest one = request.withSeed(request.sampling().seed() + index);
        return model.generate(one, responder.adapter(), sink);
    }

    /** Fills the gap before a suffix if the model was trained to, else goes on from the prompt and says so. */
    private Prompt prompt(Question question, Responder responder) {
        String text = responder.prepare(question.prompt());
        String suffix = question.prompt().suffix();
        Optional<int[]> gap = suffix.isEmpty() ? Optional.empty() : model.fillInTheMiddle(text, suffix);
        int[] tokens = gap.orElseGet(() -> model.tokenizer().encode(text));
        return new Prompt(tokens.length == 0 ? new int[] {model.tokenizer().endOfText()} : tokens, gap.isPresent());
    }

    private static GenerationRequest request(Question question, Responder responder, int[] tokens) {
        Integer maxTokens = question.maxTokens();
        AnswerForm form = question.fields().form();
        List<String> stops = form instanceof AnswerForm.Free ? question.stops() : List.of();
        Sampling sampling = question.fields().sampling(responder.defaults().temperature());
        return new GenerationRequest(
                tokens,
                maxTokens == null ? responder.defaults().maxTokens() : maxTokens,
                sampling,
                stops == null ? responder.defaults().stops() : stops,
                question.alternatives(),
                form);
    }

    @SuppressWarnings("ArrayRecordComponent")
    private record Prompt(int[] tokens, boolean suffixUsed) {}
}
