package dev.apprentice.signing.verify;

import dev.apprentice.signing.verify.SigningException.Code;
import dev.apprentice.signing.verify.internal.SignatureCheck;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Clock;
import org.bouncycastle.cms.CMSException;
import org.bouncycastle.operator.OperatorCreationException;

/**
 * Verifies detached CMS signatures (RFC 5652) over a whole file: exactly two signers of one publisher, Ed25519 (RFC 8419) and
 * ML-DSA-65 (FIPS 204, RFC 9882), both of which must hold. The publisher is trusted itself, or has its certificates from a trusted
 * authority. Whatever goes wrong refuses.
 */
public final class PackageVerifier {
    private final Clock clock;

    /** A verifier that holds certificates against the clock's time. */
    public PackageVerifier(Clock clock) {
        this.clock = clock;
    }

    /**
     * Verifies a file.
     *
     * @throws SigningException if it is not exactly what a trusted publisher signed
     */
    public VerifiedPackage verify(byte[] file, byte[] signature, Trust trust) {
        try {
            return SignatureCheck.run(file, signature, trust, clock.instant());
        } catch (SigningException e) {
            throw e;
        } catch (CMSException
                | IOException
                | GeneralSecurityException
                | OperatorCreationException
                | RuntimeException
                | StackOverflowError e) {
            // Whatever goes wrong while reading what a stranger wrote is a refusal; nesting that fills the stack is
            // too.
            throw new SigningException(
                    Code.MALFORMED,
                    "The signature cannot be read (" + e.getMessage()
                            + "): get the file and its signature again from the publisher",
                    e);
        }
    }
}
