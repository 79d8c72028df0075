package dev.apprentice.skills.internal;

import java.util.Set;

/**
 * By what references code can tell the time. Besides what says so there are dates that begin with now, two-digit years, which mean
 * those around now, and random numbers that are seeded by the clock and so give it away.
 */
final class ClockRules {
    private static final Set<String> TYPES = Set.of(
            "java/time/Clock",
            "java/time/InstantSource",
            "java/util/Calendar",
            "java/util/GregorianCalendar",
            "java/text/DateFormat",
            "java/text/SimpleDateFormat",
            "java/text/MessageFormat");
    /** Their constructors without parameters begin with the clock; with parameters they are as good as any value. */
    private static final Set<String> UNSEEDED =
            Set.of("java/util/Date", "java/util/Random", "java/util/SplittableRandom");

    private static final Set<String> RANDOM = Set.of(
            "java/lang/Math.random()D",
            "java/lang/StrictMath.random()D",
            "java/util/Collections.shuffle(Ljava/util/List;)V");

    private ClockRules() {}

    static boolean isClock(String type) {
        return TYPES.stream().anyMatch(clock -> type.equals(clock) || type.startsWith(clock + "$"));
    }

    static boolean readsClock(String owner, String name, String descriptor) {
        return switch (name) {
            case "now" -> owner.startsWith("java/time/");
            case "nanoTime", "currentTimeMillis" -> owner.equals("java/lang/System");
            case "<init>" -> descriptor.equals("()V") && UNSEEDED.contains(owner);
            default -> RANDOM.contains(owner + "." + name + descriptor);
        };
    }
}
