package dev.apprentice.market;

import dev.apprentice.signing.verify.Sha256;
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

    /**
     * Requires that the root is the one that its owner told the user of.
     *
     * @param digest SHA-256 hex of the file, with or without {@code sha256:} before it
     * @throws MarketException if it is another
     */
    public void requireRoot(String digest) {
        String actual = Sha256.digest(root);
        if (!actual.equalsIgnoreCase(digest) && !actual.equalsIgnoreCase("sha256:" + digest)) {
            throw new MarketException(
                    MarketException.Code.REFUSED,
                    "The root file has the digest " + actual + ", not the one given: get the right one from its owner");
        }
    }
}
