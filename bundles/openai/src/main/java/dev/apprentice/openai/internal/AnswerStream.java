package dev.apprentice.openai.internal;

import dev.apprentice.http.EventStream;
import dev.apprentice.http.Exchange;
import dev.apprentice.model.GenerationEvent;
import dev.apprentice.model.GenerationEvent.FinishReason;
import dev.apprentice.model.GenerationEvent.Finished;
import dev.apprentice.model.GenerationEvent.Piece;
import dev.apprentice.model.GenerationSink;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Sends the answers to one question as server-sent events while they are generated. The stream opens with the first event, so that a
 * request that is refused before still gets a status of its own; a client that goes cancels the generation.
 */
final class AnswerStream {
    private static final String DONE = "[DONE]";

    private final JsonMapper json = JsonMapper.shared();
    private final Exchange exchange;
    private final AnswerHead head;
    private final AnswerFormat format;
    private final Provenance expected;
    private @Nullable EventStream stream;

    AnswerStream(Exchange exchange, AnswerHead head, AnswerFormat format, Provenance expected) {
        this.exchange = exchange;
        this.head = head;
        this.format = format;
        this.expected = expected;
    }

    /** Takes the events of one answer. */
    GenerationSink answer(int index, String echo) {
        return new One(index, echo);
    }

    /** Ends the stream; the usage of the answers is told if it is wanted. */
    void end(List<Finished> answers, Question question) {
        if (question.fields().wantsUsage()) {
            send(format.usage(head, TokenUsage.of(answers)));
        }
        open().send(DONE);
    }

    private EventStream open() {
        EventStream opened = stream == null ? exchange.events() : stream;
        stream = opened;
        return opened;
    }

    private boolean send(Object chunk) {
        return open().send(json.writeValueAsString(chunk));
    }

    private final class One implements GenerationSink {
        private final int index;
        private final String echo;
        private boolean opened;
        private int offset;

        One(int index, String echo) {
            this.index = index;
            this.echo = echo;
        }

        @Override
        public boolean accept(GenerationEvent event) {
            if (!opened) {
                opened = true;
                Object opening = format.opening(head, index);
                if (opening != null && !send(opening)) {
                    return false;
                }
                if (!echo.isEmpty() && !piece(new Piece(echo, List.of()))) {
                    return false;
                }
            }
            return switch (event) {
                case Piece piece -> piece(piece);
                case Finished finished ->
                    finished.reason() != FinishReason.CANCELLED
                            && send(format.closing(head, index, finished, expected.confirmed(finished.provenance())));
            };
        }

        private boolean piece(Piece piece) {
            int at = offset;
            offset += piece.text().length();
            return send(format.piece(head, index, piece, at));
        }
    }
}
