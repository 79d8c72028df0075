package dev.apprentice.skills.internal;

import dev.apprentice.learning.Learning;
import dev.apprentice.model.LanguageModel;
import dev.apprentice.signing.verify.TrustStore;
import dev.apprentice.store.Store;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.osgi.framework.BundleContext;

/**
 * What the operations on skills share.
 *
 * @param running skills that serve, by id
 * @param problems why the other installed skills do not serve, by id
 */
record Shelf(
        LanguageModel model,
        Learning learning,
        Store store,
        TrustStore trust,
        SkillTables tables,
        RevocationTable revoked,
        SkillFolders folders,
        SkillBundles bundles,
        Map<String, RunningSkill> running,
        Map<String, String> problems) {

    static Shelf of(LanguageModel model, Learning learning, Store store, TrustStore trust, BundleContext framework) {
        SkillFolders folders = new SkillFolders(store.home().resolve("skill-files"));
        return new Shelf(
                model,
                learning,
                store,
                trust,
                new SkillTables(store),
                new RevocationTable(store),
                folders,
                new SkillBundles(framework, folders),
                new ConcurrentHashMap<>(),
                new ConcurrentHashMap<>());
    }
}
