package dev.apprentice.market;

import dev.apprentice.skills.InstalledSkill;
import java.util.List;

/** The marketplaces of this machine and what they offer. All that is said here has been verified against their metadata. */
public interface Marketplaces {

    List<Marketplace> list();

    /**
     * Begins to trust a marketplace and fetches what it says now.
     *
     * @throws MarketException if its root or its metadata is refused; then nothing has been added
     */
    Marketplace add(NewMarketplace wanted);

    /** Forgets a marketplace, its metadata and its revocations; what was installed from it stays. */
    void remove(String name);

    /** Fetches what has changed, and stops what is revoked. */
    Marketplace refresh(String name);

    /**
     * Looks for skills by the words of their ids, names, publishers and descriptions; each word may be the beginning of one.
     *
     * @param terms all must be found; none finds everything
     * @param offset how many of the best to leave out
     * @param limit most to return
     */
    SearchPage search(String terms, int offset, int limit);

    /** What is known of one skill, and what it would change here. */
    SkillDetails show(SkillReference skill);

    /**
     * Downloads a version and installs it by the same transaction as a file.
     *
     * @throws MarketException if the marketplace does not vouch for it or its publisher is not trusted
     * @throws dev.apprentice.skills.SkillException if the shelf refuses it
     */
    InstalledSkill install(InstallRequest wanted);

    /** Installed skills of which a newer version that fits is offered by the same publisher. */
    List<AvailableUpdate> updates();
}
