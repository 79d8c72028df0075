package dev.apprentice.skills.internal;

import dev.apprentice.compute.LearningAlgebra;
import dev.apprentice.learning.Learning;
import dev.apprentice.learning.internal.LearningComponent;
import dev.apprentice.model.ReferenceTexts;
import dev.apprentice.signing.publish.PackageSigner;
import dev.apprentice.signing.publish.PublisherKeys;
import dev.apprentice.signing.verify.TrustStore;
import dev.apprentice.skills.SkillPackage;
import dev.apprentice.store.Store;
import dev.apprentice.store.internal.StoreComponent;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.apache.felix.framework.FrameworkFactory;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;
import org.osgi.framework.launch.Framework;

/** A shelf with real Felix, SQLite, learning and base model. */
final class TestShelf implements AutoCloseable {
    static final PublisherKeys PUBLISHER = PublisherKeys.create("Test publisher");
    static final PublisherKeys STRANGER = PublisherKeys.create("Test publisher");

    final StoreComponent store;
    final TrustStore trust;
    final SkillShelf skills;
    private final Framework framework;
    private final LearningComponent learning;

    TestShelf(Path home) throws BundleException {
        this(home, UnaryOperator.identity());
    }

    TestShelf(Path home, UnaryOperator<Learning> around) throws BundleException {
        this(home, around, UnaryOperator.identity());
    }

    TestShelf(Path home, UnaryOperator<Learning> around, UnaryOperator<Store> aroundStore) throws BundleException {
        framework = new FrameworkFactory()
                .newFramework(Map.of(
                        "org.osgi.framework.storage", home.resolve("felix").toString(),
                        "org.osgi.framework.storage.clean", "onFirstInit",
                        "org.osgi.framework.system.packages.extra", "dev.apprentice.skill;version=1.1.0"));
        framework.start();
        store = StoreComponent.open(home);
        learning = new LearningComponent(TestModel.MODEL, new FewTexts(), noAlgebra(), TestModel.KERNELS, store);
        trust = new TrustStore(home.resolve("trust"));
        trust.add(PUBLISHER.certificatePem());
        skills = new SkillShelf(Shelf.of(
                TestModel.MODEL,
                around.apply(learning),
                aroundStore.apply(store),
                trust,
                framework.getBundleContext()));
        skills.start();
    }

    static SkillPackage signed(SkillJar jar) {
        return signed(jar.build(), PUBLISHER);
    }

    static SkillPackage signed(byte[] jar, PublisherKeys keys) {
        return new SkillPackage("test.jar", jar, PackageSigner.sign(keys, jar));
    }

    /** Locations of the skills in the framework. */
    List<String> bundles() {
        return Arrays.stream(framework.getBundleContext().getBundles())
                .map(Bundle::getLocation)
                .filter(location -> location.startsWith("skill:"))
                .toList();
    }

    /** Nothing is trained here, so what learning asks of algebra at install is nothing that needs an answer. */
    private static LearningAlgebra noAlgebra() {
        return (LearningAlgebra) Proxy.newProxyInstance(
                TestShelf.class.getClassLoader(),
                new Class<?>[] {LearningAlgebra.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "isFinite" -> true;
                    case "adam" -> (LearningAlgebra.Optimiser) (parameters, gradient, rate, step) -> {};
                    case "addScaled" -> null;
                    default -> throw new UnsupportedOperationException(method.getName());
                });
    }

    private record FewTexts() implements ReferenceTexts {
        @Override
        public List<String> core() {
            return List.of("for (int i = 0; i < count; i++) {\n    sum += values[i];\n}\n");
        }

        @Override
        public List<String> rehearsal() {
            return IntStream.range(0, 20)
                    .mapToObj(i -> "int value" + i + " = map.getOrDefault(key" + i + ", " + i + ");\n")
                    .toList();
        }
    }

    @Override
    public void close() throws Exception {
        skills.stop();
        learning.close();
        store.close();
        framework.stop();
        framework.waitForStop(10_000);
    }
}
