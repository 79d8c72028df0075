package dev.apprentice.skills.internal;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.instruction.BranchInstruction;
import java.lang.classfile.instruction.LookupSwitchInstruction;
import java.lang.classfile.instruction.TableSwitchInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.net.URL;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.hooks.weaving.WeavingException;
import org.osgi.framework.hooks.weaving.WeavingHook;
import org.osgi.framework.hooks.weaving.WovenClass;

/**
 * Makes the code of skills stoppable: no thread can be stopped from outside, so each class gets, while it is loaded, a {@link
 * dev.apprentice.skill.Checkpoint} in each method and before each branch. The bundle's bytes stay those that were verified.
 */
final class Metering implements WeavingHook {
    private static final ClassDesc CHECKPOINT = ClassDesc.of("dev.apprentice.skill.Checkpoint");

    @Override
    public void weave(WovenClass loading) {
        Bundle bundle = loading.getBundleWiring().getBundle();
        if (bundle.getLocation().startsWith(SkillBundles.LOCATION)) {
            try {
                loading.setBytes(meter(loading.getBytes(), bundle));
            } catch (RuntimeException e) {
                // Of the kind that makes the framework refuse the class, and not go on without this hook.
                throw new WeavingException("The class " + loading.getClassName() + " cannot be made stoppable", e);
            }
        }
    }

    private static byte[] meter(byte[] bytes, Bundle bundle) {
        ClassHierarchyResolver types = ClassHierarchyResolver.ofResourceParsing(
                        type -> open(bundle.getEntry(path(type))))
                .orElse(ClassHierarchyResolver.ofResourceParsing(Metering.class.getClassLoader()))
                .orElse(ClassHierarchyResolver.defaultResolver());
        ClassFile files = ClassFile.of(ClassFile.ClassHierarchyResolverOption.of(types));
        return files.transformClass(
                files.parse(bytes), ClassTransform.transformingMethodBodies(CodeTransform.ofStateful(Body::new)));
    }

    /** One method's body. */
    private static final class Body implements CodeTransform {
        @Override
        public void atStart(CodeBuilder code) {
            pass(code);
        }

        @Override
        public void accept(CodeBuilder code, CodeElement element) {
            if (element instanceof BranchInstruction
                    || element instanceof TableSwitchInstruction
                    || element instanceof LookupSwitchInstruction) {
                pass(code);
            }
            code.with(element);
        }

        private static void pass(CodeBuilder code) {
            code.invokestatic(CHECKPOINT, "pass", ConstantDescs.MTD_void);
        }
    }

    private static String path(ClassDesc type) {
        String descriptor = type.descriptorString();
        return descriptor.substring(1, descriptor.length() - 1) + ".class";
    }

    private static @Nullable InputStream open(@Nullable URL file) {
        try {
            return file == null ? null : new BufferedInputStream(file.openStream());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
