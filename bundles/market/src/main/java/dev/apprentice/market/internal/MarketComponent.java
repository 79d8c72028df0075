package dev.apprentice.market.internal;

import dev.apprentice.market.Marketplaces;
import dev.apprentice.model.LanguageModel;
import dev.apprentice.skills.Publishers;
import dev.apprentice.skills.Revocations;
import dev.apprentice.skills.Skills;
import dev.apprentice.store.Store;
import java.time.Clock;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/** Offers the marketplaces of the home folder, and refreshes them from time to time. */
@Component(
        immediate = true,
        service = {})
public final class MarketComponent {
    private final Refresher refresher;
    private final ServiceRegistration<Marketplaces> service;

    @Activate
    public MarketComponent(
            BundleContext context,
            @Reference Store store,
            @Reference Skills skills,
            @Reference Publishers publishers,
            @Reference Revocations revocations,
            @Reference LanguageModel model) {
        Clock clock = Clock.systemUTC();
        MarketService markets = new MarketService(store, skills, publishers, revocations, model::info, clock);
        refresher = new Refresher(markets, clock);
        refresher.start();
        service = context.registerService(Marketplaces.class, markets, null);
    }

    @Deactivate
    public void close() {
        service.unregister();
        refresher.close();
    }
}
