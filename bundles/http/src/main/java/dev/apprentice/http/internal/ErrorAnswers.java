package dev.apprentice.http.internal;

import dev.apprentice.http.HttpException;
import java.lang.System.Logger.Level;
import java.util.LinkedHashMap;
import java.util.Map;

/** Tells errors: to browsers as a page, to programs as JSON of the shape that OpenAI's clients know too. */
final class ErrorAnswers {
    private static final System.Logger LOG = System.getLogger(ErrorAnswers.class.getName());

    private ErrorAnswers() {}

    static void answer(JavalinExchange exchange, Throwable failure) {
        if (exchange.streaming()) {
            LOG.log(Level.DEBUG, "An answer broke off while it was streaming", failure);
            return;
        }
        HttpException error = known(exchange, failure);
        boolean page = exchange.header("Accept").orElse("").contains("text/html");
        if (page && error.code().equals("not_signed_in")) {
            exchange.answerHtml(401, Pages.howToSignIn());
        } else if (page) {
            exchange.answerHtml(error.status(), Pages.error(error.status(), String.valueOf(error.getMessage())));
        } else {
            exchange.answerJson(error.status(), Map.of("error", describe(error)));
        }
    }

    private static HttpException known(JavalinExchange exchange, Throwable failure) {
        if (failure instanceof HttpException error) {
            return error;
        }
        LOG.log(
                Level.ERROR,
                "Failed to answer " + exchange.request().getMethod() + " "
                        + exchange.request().getRequestURI(),
                failure);
        return new HttpException(500, "internal", "The server failed on this request: its log says why");
    }

    private static Map<String, Object> describe(HttpException error) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("message", String.valueOf(error.getMessage()));
        body.put("type", error.status() < 500 ? "invalid_request_error" : "server_error");
        body.put("param", null);
        body.put("code", error.code());
        return body;
    }
}
