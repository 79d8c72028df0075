package dev.apprentice.launcher;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.conditions.ArchPredicates.are;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The directions in which the rooms may know each other, over the classes as they were built. */
class ArchitectureIT {
    private static final String OURS = "dev.apprentice..";
    /** Bundles embed libraries: only what is written here is judged. */
    private static final Pattern LIBRARY = Pattern.compile(".*\\.jar!/(?!dev/apprentice/|skill/).*");

    private static final JavaClasses PRODUCT =
            imported(Stream.concat(jars("bundles", "apprentice-"), jars("lib", "apprentice-")));
    private static final JavaClasses SKILLS = imported(jars("skills", ""));

    @Test
    void thereIsSomethingToJudge() {
        assertThat(PRODUCT.size()).as("classes of the product").isGreaterThan(150);
        assertThat(SKILLS.size()).as("classes of the skills").isPositive();
    }

    @ParameterizedTest(name = "{0} only in {1}")
    @CsvSource({
        "org.nd4j.., dev.apprentice.algebra..",
        "org.deeplearning4j.., dev.apprentice.algebra..",
        "jdk.incubator.vector.., dev.apprentice.kernels.cpu..",
        "io.javalin.., dev.apprentice.http..",
        "org.bouncycastle.., dev.apprentice.signing..",
        "org.sqlite.., dev.apprentice.store..",
    })
    void aLibraryIsSeenByOneRoomOnly(String library, String room) {
        noClasses()
                .that()
                .resideOutsideOfPackage(room)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(library)
                .check(PRODUCT);
        assertThat(PRODUCT.that(resideInAPackage(room)))
                .as("classes of " + room)
                .isNotEmpty();
    }

    /** Native code, of the processor's kernels or of the GPU's driver. */
    @Test
    void onlyKernelsCallNativeCode() {
        noClasses()
                .that()
                .resideInAPackage(OURS)
                .and()
                .resideOutsideOfPackage("dev.apprentice.kernels..")
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.lang.foreign.Linker")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.lang.foreign.SymbolLookup")
                .check(PRODUCT);
        assertThat(PRODUCT.that(resideInAPackage("dev.apprentice.kernels.cuda..")))
                .isNotEmpty();
    }

    @Test
    void theModelKnowsNoKernels() {
        noClasses()
                .that()
                .resideInAPackage("dev.apprentice.llm..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.apprentice.kernels..")
                .check(PRODUCT);
    }

    @Test
    void theLauncherKnowsNoRoomButSigning() {
        classes()
                .that()
                .resideInAPackage("dev.apprentice.launcher..")
                .should()
                .onlyDependOnClassesThat(outside(OURS, "dev.apprentice.launcher..", "dev.apprentice.signing.."))
                .check(PRODUCT);
    }

    @Test
    void thePlatformKnowsNoBundle() {
        String[] platform = {"dev.apprentice.skill", "dev.apprentice.model", "dev.apprentice.compute"};
        classes()
                .that()
                .resideInAnyPackage(platform)
                .should()
                .onlyDependOnClassesThat(outside(OURS, platform))
                .check(PRODUCT);
    }

    @Test
    void noRoomReachesIntoAnother() {
        classes().should(stayOutOfForeignInternals()).check(PRODUCT);
    }

    @Test
    void skillsKnowTheSkillApiOnly() {
        // an annotation that is not there at run time is ignored by the JVM: @NullMarked asks nothing of the platform
        classes()
                .should()
                .onlyDependOnClassesThat(
                        are(resideInAnyPackage("java..", "dev.apprentice.skill", "org.jspecify.annotations"))
                                .or(DescribedPredicate.describe("own", type -> SKILLS.contain(type.getName()))))
                .check(SKILLS);
    }

    private static DescribedPredicate<JavaClass> outside(String all, String... except) {
        return DescribedPredicate.not(resideInAPackage(all)).or(resideInAnyPackage(except));
    }

    private static ArchCondition<JavaClass> stayOutOfForeignInternals() {
        return new ArchCondition<>("stay out of other rooms' internal packages") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                    String target = dependency.getTargetClass().getPackageName();
                    int internal = (target + ".").indexOf(".internal.");
                    if (target.startsWith("dev.apprentice.")
                            && internal > 0
                            && !(type.getPackageName() + ".").startsWith(target.substring(0, internal) + ".")) {
                        events.add(SimpleConditionEvent.violated(dependency, dependency.getDescription()));
                    }
                }
            }
        };
    }

    private static JavaClasses imported(Stream<JarFile> jars) {
        return new ClassFileImporter()
                .withImportOption(location -> !location.matches(LIBRARY))
                .importJars(jars.toList());
    }

    private static Stream<JarFile> jars(String folder, String prefix) {
        try (Stream<Path> files = Files.list(BuiltProduct.DISTRIBUTION.resolve(folder))) {
            List<JarFile> jars = new ArrayList<>();
            for (Path file : files.sorted().toList()) {
                String name = String.valueOf(file.getFileName());
                if (name.startsWith(prefix) && name.endsWith(".jar")) {
                    jars.add(new JarFile(file.toFile()));
                }
            }
            return jars.stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
