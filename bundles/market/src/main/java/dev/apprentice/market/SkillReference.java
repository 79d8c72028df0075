package dev.apprentice.market;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a user names a skill of a marketplace: {@code [[MARKET/]PUBLISHER/]ID[@VERSION]}.
 *
 * @param market where several marketplaces offer it
 * @param publisher the publisher's namespace, where several publish the id
 */
public record SkillReference(Optional<String> market, Optional<String> publisher, String id, Optional<String> version) {
    private static final String NAME = "([a-z0-9](?:-?[a-z0-9]){0,63})";
    private static final Pattern FORM =
            Pattern.compile("(?:(?:" + NAME + "/)?" + NAME + "/)?" + NAME + "(?:@([0-9]{1,6}(?:\\.[0-9]{1,6}){2}))?");

    public static SkillReference parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new MarketException(
                    MarketException.Code.BAD_REQUEST,
                    "'" + text + "' names no skill: write ID, PUBLISHER/ID or ID@1.2.3");
        }
        return new SkillReference(
                Optional.ofNullable(matcher.group(1)),
                Optional.ofNullable(matcher.group(2)),
                matcher.group(3),
                Optional.ofNullable(matcher.group(4)));
    }

    @Override
    public String toString() {
        return market.map(name -> name + "/").orElse("")
                + publisher.map(name -> name + "/").orElse("")
                + id
                + version.map(number -> "@" + number).orElse("");
    }
}
