package dev.apprentice.openai.internal;

import dev.apprentice.http.Exchange;
import dev.apprentice.model.GenerationEvent.Finished;
import dev.apprentice.model.GenerationEvent.Piece;
import dev.apprentice.model.GenerationRequest;
import dev.apprentice.model.LanguageModel;
import dev.apprentice.model.Sampling;
import java.util.List;
import java.util.Optional;

/** From a question to its answer: prepare, generate, finish, and say what made it. */
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
        exchange.answerHeader(Provenance.HEADER, expected.asHeader());
        if (question.stream()) {
            StreamedAnswer answer = new StreamedAnswer(exchange, head, format, expected, question.streamUsage());
            model.generate(request, responder.adapter(), answer);
        } else {
            StringBuilder text = new StringBuilder();
            Finished finished = model.generate(request, responder.adapter(), event -> {
                if (event instanceof Piece piece) {
                    text.append(piece.text());
                }
                return true;
            });
            exchange.answerJson(200, format.whole(head, responder.finish(text.toString()), finished, expected));
        }
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
        List<String> stops = question.stops();
        Sampling sampling = question.sampling().sampling(responder.defaults().temperature());
        return new GenerationRequest(
                tokens,
                maxTokens == null ? responder.defaults().maxTokens() : maxTokens,
                sampling,
                stops == null ? responder.defaults().stops() : stops);
    }

    @SuppressWarnings("ArrayRecordComponent")
    private record Prompt(int[] tokens, boolean suffixUsed) {}
}
