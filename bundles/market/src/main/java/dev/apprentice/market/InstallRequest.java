package dev.apprentice.market;

import dev.apprentice.skills.Consent;
import java.util.Optional;

/**
 * A wish to install from a marketplace.
 *
 * @param skill without a version: the newest that fits
 * @param trust fingerprint of the publisher, if its user has compared it and trusts it from now on
 * @param consent to the permissions that the skill asks for
 */
public record InstallRequest(SkillReference skill, Optional<String> trust, Consent consent) {}
