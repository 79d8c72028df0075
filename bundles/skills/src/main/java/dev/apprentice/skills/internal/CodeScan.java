package dev.apprentice.skills.internal;

import dev.apprentice.signing.verify.StrictZip;
import dev.apprentice.skills.Permission;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.FieldModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.MemberRefEntry;
import java.lang.classfile.constantpool.MethodTypeEntry;
import java.lang.classfile.constantpool.NameAndTypeEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.reflect.AccessFlag;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Reads every class of a skill before any is loaded, and refuses each reference that {@link CodeRules} does not allow. */
final class CodeScan {
    private static final String SUFFIX = ".class";
    private static final Pattern TYPE_IN_DESCRIPTOR = Pattern.compile("L([^;]+);");
    private static final Pattern PLATFORM = Pattern.compile("(java|javax|jdk|sun|org/osgi|dev/apprentice)/.*");

    private final Set<String> own;

    private final Set<Permission> permissions;

    private CodeScan(List<String> classFiles, Set<Permission> permissions) {
        this.permissions = permissions;
        own = classFiles.stream()
                .map(file -> file.substring(0, file.length() - SUFFIX.length()))
                .collect(Collectors.toSet());
    }

    /** Names of all classes of the archive, each of them harmless by what it refers to, but for what it has permission to. */
    static List<String> run(StrictZip archive, List<Permission> permissions) {
        List<String> files =
                archive.names().stream().filter(name -> name.endsWith(SUFFIX)).toList();
        CodeScan scan = new CodeScan(files, Set.copyOf(permissions));
        for (String file : files) {
            try {
                scan.check(file, ClassFile.of().parse(archive.content(file)));
            } catch (IllegalArgumentException e) {
                throw Refusal.admission(
                        file + " is not a proper class file (" + e.getMessage() + "): compile it again");
            }
        }
        return scan.own.stream().map(name -> name.replace('/', '.')).sorted().toList();
    }

    private void check(String file, ClassModel model) {
        String name = model.thisClass().asInternalName();
        if (!file.equals(name + SUFFIX) || PLATFORM.matcher(name).matches() || name.indexOf('/') < 0) {
            throw Refusal.admission(
                    file + " holds the class " + name + ", which is not in a package of the skill's own: rename it");
        }
        for (PoolEntry entry : model.constantPool()) {
            switch (entry) {
                case ClassEntry type -> checkType(name, type.asInternalName());
                case MemberRefEntry member ->
                    checkMember(
                            name,
                            member.owner().asInternalName(),
                            member.name().stringValue(),
                            member.type().stringValue());
                case NameAndTypeEntry typed ->
                    checkDescriptor(name, typed.type().stringValue());
                case MethodTypeEntry typed ->
                    checkDescriptor(name, typed.descriptor().stringValue());
                default -> {
                    // Numbers and texts; what bootstraps refer to are entries of their own.
                }
            }
        }
        for (FieldModel field : model.fields()) {
            checkDescriptor(name, field.fieldType().stringValue());
        }
        for (MethodModel method : model.methods()) {
            String methodName = method.methodName().stringValue();
            checkDescriptor(name, method.methodType().stringValue());
            if (method.flags().has(AccessFlag.NATIVE) || methodName.equals("finalize")) {
                throw refused(name, methodName + ", a native method or finalizer");
            }
        }
    }

    private void checkMember(String user, String owner, String name, String descriptor) {
        checkType(user, owner);
        if (!owner.startsWith("[") && !CodeRules.allowsMember(owner, name)) {
            throw refused(user, owner.replace('/', '.') + "." + name);
        }
        requirePermission(user, owner + "." + name, CodeRules.memberNeeds(owner, name, descriptor));
    }

    private void checkType(String user, String type) {
        if (type.startsWith("[")) {
            checkDescriptor(user, type);
        } else if (!own.contains(type) && !CodeRules.allowsType(type)) {
            throw refused(user, type.replace('/', '.'));
        }
        requirePermission(user, type, CodeRules.typeNeeds(type));
    }

    private void checkDescriptor(String user, String descriptor) {
        Matcher types = TYPE_IN_DESCRIPTOR.matcher(descriptor);
        while (types.find()) {
            checkType(user, types.group(1));
        }
    }

    private void requirePermission(String user, String reference, Optional<Permission> needed) {
        if (needed.isPresent() && !permissions.contains(needed.get())) {
            throw Refusal.admission("The class " + user.replace('/', '.') + " refers to " + reference.replace('/', '.')
                    + ", which needs the permission " + needed.get().label()
                    + ": ask for it in skill.json, or leave it out");
        }
    }

    private static RuntimeException refused(String user, String reference) {
        return Refusal.admission("The class " + user.replace('/', '.') + " refers to " + reference
                + ", which the code of a skill may not use: leave it out");
    }
}
