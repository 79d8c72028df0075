package dev.apprentice.openai.internal;

import dev.apprentice.http.EventStream;
import dev.apprentice.http.Exchange;
import dev.apprentice.model.GenerationEvent;
import dev.apprentice.model.GenerationEvent.FinishReason;
import dev.apprentice.model.GenerationEvent.Finished;
import dev.apprentice.model.GenerationEvent.Piece;
import dev.apprentice.model.GenerationSink;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Sends an answer while it is generated. The stream begins with the first event, so that what is wrong with the request is still
 * told by status; a client that has gone cancels the generation.
 */
final class StreamedAnswer implements GenerationSink {
    private static final String DONE = "[DONE]";

    private final JsonMapper json = JsonMapper.shared();
    private final Exchange exchange;
    private final AnswerHead head;
    private final AnswerFormat format;
    private final Provenance expected;
    private final boolean usage;
    private @Nullable EventStream stream;

    StreamedAnswer(Exchange exchange, AnswerHead head, AnswerFormat format, Provenance expected, boolean usage) {
        this.exchange = exchange;
        this.head = head;
        this.format = format;
        this.expected = expected;
        this.usage = usage;
    }

    @Override
    public boolean accept(GenerationEvent event) {
        EventStream open = stream == null ? open() : stream;
        return switch (event) {
            case Piece piece -> send(open, format.piece(head, piece.text()));
            case Finished finished -> finish(open, finished);
        };
    }

    private EventStream open() {
        EventStream opened = exchange.events();
        stream = opened;
        Object opening = format.opening(head);
        if (opening != null) {
            send(opened, opening);
        }
        return opened;
    }

    private boolean finish(EventStream open, Finished finished) {
        if (finished.reason() == FinishReason.CANCELLED || !send(open, format.closing(head, finished, expected))) {
            return false;
        }
        if (usage) {
            send(open, format.usage(head, finished));
        }
        return open.send(DONE);
    }

    private boolean send(EventStream open, Object chunk) {
        return open.send(json.writeValueAsString(chunk));
    }
}
