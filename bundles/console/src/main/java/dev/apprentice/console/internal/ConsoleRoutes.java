package dev.apprentice.console.internal;

import dev.apprentice.http.RouteContributor;
import dev.apprentice.http.Routes;
import dev.apprentice.learning.Learning;
import dev.apprentice.management.PlatformStatus;
import dev.apprentice.model.LanguageModel;
import dev.apprentice.skills.Publishers;
import dev.apprentice.skills.Skills;
import dev.apprentice.store.Store;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** All pages of the console and what they load. */
@Component
public final class ConsoleRoutes implements RouteContributor {
    private static final String WEB_JARS = "META-INF/resources/webjars/";

    private final ShelfPage shelf;
    private final InstallPages install;
    private final SkillPage skill;
    private final ChangePages changes;
    private final AuditPage audit;
    private final PublishersPage publishers;
    private final StatusPage status;

    @Activate
    public ConsoleRoutes(
            @Reference Skills skills,
            @Reference Learning learning,
            @Reference LanguageModel model,
            @Reference Publishers publishers,
            @Reference PlatformStatus status,
            @Reference Store store) {
        Templates templates = new Templates();
        Shelf installed = new Shelf(skills, learning);
        this.shelf = new ShelfPage(templates, installed);
        this.install = new InstallPages(templates, shelf, skills);
        this.skill = new SkillPage(templates, installed, model);
        this.changes = new ChangePages(templates, installed, skills);
        this.audit = new AuditPage(templates, store.audit());
        this.publishers = new PublishersPage(templates, publishers);
        this.status = new StatusPage(templates, status);
    }

    @Override
    public void contribute(Routes routes) {
        ClassLoader loader = ConsoleRoutes.class.getClassLoader();
        routes.assets("/assets/console", loader, "dev/apprentice/console/assets");
        routes.assets("/assets/htmx", loader, WEB_JARS + "htmx.org/2.0.10/dist");
        routes.assets("/assets/uplot", loader, WEB_JARS + "uplot/1.6.30/dist");
        shelf.contribute(routes);
        install.contribute(routes);
        skill.contribute(routes);
        changes.contribute(routes);
        audit.contribute(routes);
        publishers.contribute(routes);
        status.contribute(routes);
    }
}
