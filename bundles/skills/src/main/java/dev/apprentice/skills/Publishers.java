package dev.apprentice.skills;

import java.time.Instant;
import java.util.List;

/** Whose skills this machine believes. */
public interface Publishers {

    List<Publisher> list();

    /**
     * Trusts the publisher of a certificate.
     *
     * @param pem the certificate in PEM form
     * @throws SkillException with code SIGNATURE if it is not a valid certificate of a publisher
     */
    Publisher trust(String pem);

    /** No longer trusts a publisher. */
    void distrust(String fingerprint);

    /**
     * One who is trusted.
     *
     * @param fingerprint SHA-256 hex, as in the trust store
     * @param authority whether it stands for all publishers that it certifies
     */
    record Publisher(String name, String fingerprint, boolean authority, Instant notAfter) {}
}
