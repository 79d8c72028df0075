package dev.apprentice.skills.internal;

import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A version of three numbers, ordered as semver.org says. */
record SkillVersion(int major, int minor, int patch) implements Comparable<SkillVersion> {
    private static final String NUMBER = "(0|[1-9][0-9]{0,5})";
    private static final Pattern FORM = Pattern.compile(NUMBER + "\\." + NUMBER + "\\." + NUMBER);

    static SkillVersion of(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw Refusal.admission("The version '" + text + "' is not of the form 1.2.3: mend version in skill.json");
        }
        return new SkillVersion(
                Integer.parseInt(matcher.group(1)),
                Integer.parseInt(matcher.group(2)),
                Integer.parseInt(matcher.group(3)));
    }

    @Override
    public int compareTo(SkillVersion other) {
        return Comparator.comparingInt(SkillVersion::major)
                .thenComparingInt(SkillVersion::minor)
                .thenComparingInt(SkillVersion::patch)
                .compare(this, other);
    }

    @Override
    public String toString() {
        return major + "." + minor + "." + patch;
    }
}
