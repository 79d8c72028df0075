package dev.apprentice.skills.internal;

import dev.apprentice.learning.Learning;
import dev.apprentice.model.LanguageModel;
import dev.apprentice.signing.verify.TrustStore;
import dev.apprentice.skills.Publishers;
import dev.apprentice.skills.Revocations;
import dev.apprentice.skills.Skills;
import dev.apprentice.store.Store;
import java.util.List;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/** Starts the shelf of the home folder, and offers it once every skill on it has been checked. */
@Component(
        immediate = true,
        service = {})
public final class SkillsComponent {
    private final SkillShelf skills;
    private final List<ServiceRegistration<?>> services;

    @Activate
    public SkillsComponent(
            BundleContext context,
            @Reference LanguageModel model,
            @Reference Learning learning,
            @Reference Store store) {
        TrustStore trust = new TrustStore(store.home().resolve("trust"));
        Shelf shelf = Shelf.of(model, learning, store, trust, context);
        skills = new SkillShelf(shelf);
        skills.start();
        services = List.of(
                context.registerService(Skills.class, skills, null),
                context.registerService(Revocations.class, new RevokedVersions(shelf.revoked(), skills::recheck), null),
                context.registerService(
                        Publishers.class, new TrustedPublishers(trust, store.audit(), skills::recheck), null));
    }

    @Deactivate
    public void close() {
        services.forEach(ServiceRegistration::unregister);
        skills.stop();
    }
}
