package dev.apprentice.market;

import java.util.List;

/**
 * A marketplace to add.
 *
 * @param name for people, of this machine's own choice
 * @param addresses of one and the same marketplace: {@code https://…}, {@code http://…} or an absolute folder
 * @param root bytes of its {@code root.json}, which came in a trustworthy way
 * @param introducesPublishers whether its word is enough to trust a publisher
 */
public record NewMarketplace(String name, List<String> addresses, byte[] root, boolean introducesPublishers) {
    private static final String NAME = "[a-z0-9](-?[a-z0-9]){0,31}";
    private static final int MOST_ADDRESSES = 16;

    public NewMarketplace {
        if (!name.matches(NAME)) {
            throw new MarketException(
                    MarketException.Code.BAD_REQUEST,
                    "A marketplace cannot be called '" + name
                            + "': choose lower-case letters, digits and single hyphens");
        }
        if (addresses.isEmpty() || addresses.size() > MOST_ADDRESSES) {
            throw new MarketException(
                    MarketException.Code.BAD_REQUEST,
                    "The marketplace " + name + " has " + addresses.size() + " addresses: give 1 to " + MOST_ADDRESSES);
        }
        addresses = List.copyOf(addresses);
        root = root.clone();
    }
}
