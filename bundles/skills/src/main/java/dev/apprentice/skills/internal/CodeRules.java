package dev.apprentice.skills.internal;

import dev.apprentice.skills.Permission;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the code of a skill may refer to, by internal class names. An allow-list: of {@code java.lang} single types, of some
 * packages for data and text all but a few types. Some of what is allowed needs a permission too.
 */
final class CodeRules {
    private static final Set<String> PACKAGES = Set.of(
            "java/util",
            "java/util/function",
            "java/util/regex",
            "java/util/stream",
            "java/math",
            "java/time",
            "java/time/format",
            "java/time/temporal",
            "java/text",
            "dev/apprentice/skill");

    /** They start threads, open files, or load classes and services by name. */
    private static final Set<String> REFUSED_TYPES = Set.of(
            "java/util/Timer",
            "java/util/TimerTask",
            "java/util/ServiceLoader",
            "java/util/ResourceBundle",
            "java/util/PropertyResourceBundle",
            "java/util/ListResourceBundle",
            "java/util/Formatter",
            "java/util/stream/StreamSupport");

    private static final Set<String> LANGUAGE = Set.of(
            "Object String StringBuilder CharSequence Character Byte Short Integer Long Float Double Boolean Number Void Math StrictMath"
                    .split(" "));
    private static final Set<String> LANGUAGE_MORE = Set.of(
            ("Comparable Iterable AutoCloseable Cloneable Appendable Enum Record Throwable StackTraceElement Class System Override "
                            + "Deprecated FunctionalInterface SafeVarargs SuppressWarnings")
                    .split(" "));

    /** Types that the compiler's call sites mention; nothing can be called on them. */
    private static final Set<String> CALL_SITES = Set.of(
            "java/lang/invoke/CallSite",
            "java/lang/invoke/MethodHandle",
            "java/lang/invoke/MethodHandles",
            "java/lang/invoke/MethodHandles$Lookup",
            "java/lang/invoke/MethodType",
            "java/lang/invoke/TypeDescriptor");

    /** Of these types only these members. */
    private static final Map<String, Set<String>> MEMBERS = Map.ofEntries(
            Map.entry(
                    "java/lang/System",
                    Set.of("arraycopy", "identityHashCode", "lineSeparator", "nanoTime", "currentTimeMillis")),
            Map.entry(
                    "java/lang/Class",
                    Set.of("getName", "getSimpleName", "isInstance", "cast", "desiredAssertionStatus")),
            Map.entry("java/lang/invoke/LambdaMetafactory", Set.of("metafactory", "altMetafactory")),
            Map.entry("java/lang/invoke/StringConcatFactory", Set.of("makeConcat", "makeConcatWithConstants")),
            Map.entry("java/lang/runtime/ObjectMethods", Set.of("bootstrap")),
            Map.entry("java/lang/runtime/SwitchBootstraps", Set.of("typeSwitch", "enumSwitch")));

    /** They block, use other threads, change the whole process or read its properties, whatever type they are called on. */
    private static final Set<String> REFUSED_MEMBERS =
            Set.of("wait", "notify", "notifyAll", "finalize", "setDefault", "getInteger", "getLong", "getBoolean");

    private CodeRules() {}

    /** The permission without which a type may not be referred to. */
    static Optional<Permission> typeNeeds(String type) {
        if (type.equals("dev/apprentice/skill/SkillFiles")) {
            return Optional.of(Permission.FILES);
        }
        return ClockRules.isClock(type) ? Optional.of(Permission.READ_CLOCK) : Optional.empty();
    }

    /** The permission without which a member may not be referred to. */
    static Optional<Permission> memberNeeds(String owner, String name, String descriptor) {
        return ClockRules.readsClock(owner, name, descriptor) ? Optional.of(Permission.READ_CLOCK) : Optional.empty();
    }

    static boolean allowsType(String type) {
        int slash = type.lastIndexOf('/');
        String packageName = slash < 0 ? "" : type.substring(0, slash);
        String simple = type.substring(slash + 1);
        if (packageName.equals("java/lang")) {
            return LANGUAGE.contains(simple)
                    || LANGUAGE_MORE.contains(simple)
                    || simple.endsWith("Exception")
                    || simple.endsWith("Error");
        }
        return PACKAGES.contains(packageName)
                        && REFUSED_TYPES.stream()
                                .noneMatch(refused -> type.equals(refused) || type.startsWith(refused + "$"))
                || CALL_SITES.contains(type)
                || MEMBERS.containsKey(type);
    }

    static boolean allowsMember(String owner, String name) {
        if (CALL_SITES.contains(owner) || REFUSED_MEMBERS.contains(name) || name.startsWith("parallel")) {
            return false;
        }
        Set<String> only = MEMBERS.get(owner);
        return only == null || only.contains(name);
    }
}
