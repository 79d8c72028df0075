package dev.apprentice.skills.internal;

import dev.apprentice.skill.SkillExtension;
import dev.apprentice.skill.SkillFiles;
import dev.apprentice.skills.Permission;
import dev.apprentice.skills.SkillException;
import java.io.ByteArrayInputStream;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.hooks.weaving.WeavingHook;

/**
 * Puts checked bytes into the framework. A new version is installed beside the old one, under a location of its own, since
 * Felix cannot take back an update: the old one stays whole until the new one is known to run.
 */
final class SkillBundles {
    private static final System.Logger LOGGER = System.getLogger(SkillBundles.class.getName());
    static final String LOCATION = "skill:";
    private final BundleContext framework;
    private final SkillFolders folders;

    SkillBundles(BundleContext framework, SkillFolders folders) {
        this.framework = framework;
        framework.registerService(WeavingHook.class, new Metering(), null);
        this.folders = folders;
    }

    /** Installs and starts the bytes; what fails is out of the framework again when this throws. */
    RunningSkill start(StoredVersion version, AdmittedSkill skill, byte[] jar) {
        Bundle bundle = install(version, jar);
        try {
            bundle.start();
            Optional<SkillCode> code =
                    skill.descriptor().code().map(name -> load(bundle, version, name, skill.classes()));
            return new RunningSkill(version, skill.descriptor(), bundle, code);
        } catch (BundleException | RuntimeException | LinkageError failure) {
            remove(bundle);
            throw failure instanceof SkillException refusal ? refusal : failed(version, failure);
        }
    }

    void remove(Bundle bundle) {
        try {
            if (bundle.getState() != Bundle.UNINSTALLED) {
                bundle.uninstall();
            }
        } catch (BundleException e) {
            LOGGER.log(System.Logger.Level.WARNING, "The bundle " + bundle + " does not leave the framework", e);
        }
    }

    /** Takes out what an earlier run left: nothing runs that was not checked in this one. */
    void removeAll() {
        for (Bundle bundle : framework.getBundles()) {
            if (bundle.getLocation().startsWith(LOCATION)) {
                remove(bundle);
            }
        }
    }

    private Bundle install(StoredVersion version, byte[] jar) {
        try {
            String location = LOCATION + version.id() + ":" + version.jar();
            return framework.installBundle(location, new ByteArrayInputStream(jar));
        } catch (BundleException e) {
            throw failed(version, e);
        }
    }

    /** Loads every class at once: a request that still uses this version after its bundle has gone needs no further one. */
    private SkillCode load(Bundle bundle, StoredVersion version, String name, List<String> classes) {
        String skill = version.id();
        try {
            for (String each : classes) {
                bundle.loadClass(each);
            }
            Object extension = CodeCall.run(
                    skill, () -> bundle.loadClass(name).getConstructor().newInstance());
            if (extension instanceof SkillExtension skillExtension) {
                if (version.allows(Permission.FILES)) {
                    CodeCall.run(skill, () -> open(skillExtension, folders.open(skill)));
                }
                return new SkillCode(skill, skillExtension);
            }
            throw Refusal.admission(
                    "The class " + name + " does not implement dev.apprentice.skill.SkillExtension: let it");
        } catch (ClassNotFoundException | ExecutionException | TimeoutException e) {
            throw new SkillException(
                    SkillException.Code.ADMISSION,
                    "The class " + name + " cannot be made (" + e
                            + "): it needs a public constructor without parameters that returns at once, and open likewise",
                    e);
        }
    }

    private static SkillFiles open(SkillExtension extension, SkillFiles files) {
        extension.open(files);
        return files;
    }

    private static SkillException failed(StoredVersion version, Throwable cause) {
        return new SkillException(
                SkillException.Code.FAILED,
                "The framework does not take " + version.id() + " " + version.version() + " (" + cause.getMessage()
                        + "): build it again",
                cause);
    }
}
