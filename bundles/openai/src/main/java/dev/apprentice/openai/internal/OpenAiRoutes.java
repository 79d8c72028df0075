package dev.apprentice.openai.internal;

import dev.apprentice.http.Exchange;
import dev.apprentice.http.HttpException;
import dev.apprentice.http.RouteContributor;
import dev.apprentice.http.Routes;
import dev.apprentice.http.Routes.Access;
import dev.apprentice.http.Routes.Handler;
import dev.apprentice.learning.Learning;
import dev.apprentice.model.LanguageModel;
import dev.apprentice.model.ModelException;
import dev.apprentice.skills.Skills;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The API that editors and other clients of OpenAI's speak. */
@Component
public final class OpenAiRoutes implements RouteContributor {
    private final LanguageModel model;
    private final Catalogue catalogue;
    private final Answering answering;
    private final Embeddings embeddings;
    private final Feedback feedback;

    @Activate
    public OpenAiRoutes(@Reference LanguageModel model, @Reference Skills skills, @Reference Learning learning) {
        this.model = model;
        this.catalogue = new Catalogue(model, skills);
        this.answering = new Answering(model);
        this.embeddings = new Embeddings(model, catalogue);
        this.feedback = new Feedback(learning);
    }

    @Override
    public void contribute(Routes routes) {
        routes.get(
                "/v1/models", Access.API, exchange -> exchange.answerJson(200, new Models("list", catalogue.list())));
        routes.get(
                "/v1/models/{id}",
                Access.API,
                exchange -> exchange.answerJson(200, catalogue.entry(exchange.pathParameter("id"))));
        routes.post("/v1/completions", Access.API, told(this::complete));
        routes.post("/v1/chat/completions", Access.API, told(this::chat));
        routes.post("/v1/embeddings", Access.API, told(embeddings::answer));
        routes.post("/v1/feedback", Access.API, feedback::take);
    }

    private void complete(Exchange exchange) {
        CompletionRequest request = exchange.json(CompletionRequest.class);
        Responder target = catalogue.find(Requests.required(request.model(), "model"));
        answering.answer(exchange, request.question(), target, new CompletionFormat(model.tokenizer()));
    }

    private void chat(Exchange exchange) {
        ChatRequest request = exchange.json(ChatRequest.class);
        Responder target = catalogue.find(Requests.required(request.model(), "model"));
        answering.answer(exchange, request.question(), target, new ChatFormat(model.tokenizer()));
    }

    private static Handler told(Handler handler) {
        return exchange -> {
            try {
                handler.handle(exchange);
            } catch (ModelException e) {
                if (e.code() == ModelException.Code.BAD_REQUEST) {
                    throw new HttpException(400, "bad_request", String.valueOf(e.getMessage()));
                }
                throw e;
            }
        };
    }

    private record Models(String object, List<Catalogue.Entry> data) {}
}
