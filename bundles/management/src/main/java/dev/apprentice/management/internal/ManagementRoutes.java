package dev.apprentice.management.internal;

import dev.apprentice.http.Exchange;
import dev.apprentice.http.RouteContributor;
import dev.apprentice.http.Routes;
import dev.apprentice.http.Routes.Access;
import dev.apprentice.http.Server;
import dev.apprentice.learning.Learning;
import dev.apprentice.management.PlatformStatus;
import dev.apprentice.model.BaseExport;
import dev.apprentice.model.Benchmark;
import dev.apprentice.model.LanguageModel;
import dev.apprentice.model.Pretraining;
import dev.apprentice.model.Quantization;
import dev.apprentice.skills.Publishers;
import dev.apprentice.skills.Skills;
import dev.apprentice.store.Store;
import java.util.Map;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The API that the command line uses. */
@Component
public final class ManagementRoutes implements RouteContributor {
    private final Server server;
    private final PlatformStatus status;
    private final SkillsApi skills;
    private final LearningApi learning;
    private final PublishersApi publishers;
    private final AuditApi audit;
    private final BenchmarkApi benchmark;
    private final QuantizationApi quantization;
    private final ExchangeApi files;
    private final PretrainingApi pretraining;

    @Activate
    public ManagementRoutes(
            @Reference Server server,
            @Reference PlatformStatus status,
            @Reference Skills skills,
            @Reference Learning learning,
            @Reference Publishers publishers,
            @Reference Store store,
            @Reference Benchmark benchmark,
            @Reference Quantization quantization,
            @Reference LanguageModel model,
            @Reference BaseExport base,
            @Reference Pretraining pretraining) {
        this.server = server;
        this.status = status;
        this.skills = new SkillsApi(skills, learning);
        this.learning = new LearningApi(skills, learning);
        this.publishers = new PublishersApi(publishers);
        this.audit = new AuditApi(store.audit());
        this.benchmark = new BenchmarkApi(benchmark);
        this.quantization = new QuantizationApi(quantization);
        this.files = new ExchangeApi(model, base, this.learning::learner);
        this.pretraining = new PretrainingApi(pretraining);
    }

    @Override
    public void contribute(Routes routes) {
        routes.get("/api/status", Access.API, exchange -> exchange.answerJson(200, status.now()));
        routes.post("/api/sign-in-token", Access.API, this::signInToken);
        skills.contribute(routes);
        learning.contribute(routes);
        publishers.contribute(routes);
        audit.contribute(routes);
        benchmark.contribute(routes);
        quantization.contribute(routes);
        files.contribute(routes);
        pretraining.contribute(routes);
    }

    private void signInToken(Exchange exchange) {
        exchange.answerJson(200, Map.of("url", server.url() + "/sign-in?token=" + server.newSignInToken()));
    }
}
