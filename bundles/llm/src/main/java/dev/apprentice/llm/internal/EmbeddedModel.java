package dev.apprentice.llm.internal;

import dev.apprentice.model.ModelException;
import java.io.FileNotFoundException;
import java.net.URL;
import java.util.Arrays;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;

/** The model in the base-model bundle. */
final class EmbeddedModel {
    private static final String BUNDLE = "dev.apprentice.basemodel";

    private EmbeddedModel() {}

    /** The bundle that holds it. */
    static Bundle bundle(BundleContext context) {
        return Arrays.stream(context.getBundles())
                .filter(bundle -> BUNDLE.equals(bundle.getSymbolicName()))
                .findFirst()
                .orElseThrow(() -> new ModelException(
                        ModelException.Code.BAD_MODEL,
                        "The bundle " + BUNDLE + " is not installed: install the platform again"));
    }

    static ModelSource source(Bundle bundle) {
        return HuggingFaceSource.open(name -> {
            URL entry = bundle.getEntry("model/" + name);
            if (entry == null) {
                throw new FileNotFoundException(bundle.getSymbolicName() + " has no entry model/" + name);
            }
            return entry.openStream();
        });
    }
}
