package dev.apprentice.signing.verify.internal;

import dev.apprentice.signing.verify.SigningException;
import dev.apprentice.signing.verify.SigningException.Code;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXCertPathChecker;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

/**
 * Whether an authority's certificate vouches for a publisher's (RFC 5280, section 6): signature, names, name constraints, basic
 * constraints, path length, key usage, no critical extension that is not understood; and code signing as the publisher's purpose.
 */
final class CertificationPath {
    private static final BouncyCastleProvider PROVIDER = new BouncyCastleProvider();

    private CertificationPath() {}

    /** Requires a valid path at a time at which both may be valid; whether they are so now is another question. */
    static void require(X509CertificateHolder leaf, X509CertificateHolder authority) {
        try {
            JcaX509CertificateConverter converter = new JcaX509CertificateConverter().setProvider(PROVIDER);
            X509Certificate issuer = converter.getCertificate(authority);
            X509Certificate subject = converter.getCertificate(leaf);
            // The path holds the authority's own certificate, and the anchor its key alone: of an anchor's certificate
            // the
            // algorithm would check neither constraints nor usage.
            PKIXParameters parameters = new PKIXParameters(
                    Set.of(new TrustAnchor(issuer.getSubjectX500Principal(), issuer.getPublicKey(), null)));
            parameters.setRevocationEnabled(false);
            parameters.setDate(later(leaf.getNotBefore(), authority.getNotBefore()));
            parameters.addCertPathChecker(new CodeSigning());
            CertPathValidator.getInstance("PKIX", PROVIDER)
                    .validate(
                            CertificateFactory.getInstance("X.509", PROVIDER)
                                    .generateCertPath(List.of(subject, issuer)),
                            parameters);
        } catch (GeneralSecurityException e) {
            throw new SigningException(
                    Code.CERTIFICATE,
                    "The certificate of '" + leaf.getSubject() + "' is not one that '" + authority.getSubject()
                            + "' could issue for signing skills (" + e.getMessage()
                            + "): get a certificate from an authority",
                    e);
        }
    }

    private static Date later(Date a, Date b) {
        return a.after(b) ? a : b;
    }

    /** A publisher's certificate must be for signing code, and for nothing else. */
    private static final class CodeSigning extends PKIXCertPathChecker {
        private static final Set<String> EXTENSIONS = Set.of(Extension.extendedKeyUsage.getId());

        @Override
        public void init(boolean forward) {
            // Each certificate is looked at for itself.
        }

        @Override
        public boolean isForwardCheckingSupported() {
            return true;
        }

        @Override
        public Set<String> getSupportedExtensions() {
            return EXTENSIONS;
        }

        @Override
        public void check(Certificate certificate, Collection<String> unresolved) throws CertPathValidatorException {
            X509Certificate checked = (X509Certificate) certificate;
            boolean authority = checked.getBasicConstraints() >= 0;
            if (!authority && !isForCodeSigning(checked)) {
                throw new CertPathValidatorException("it is not for signing code, or not for that alone");
            }
            unresolved.removeAll(EXTENSIONS);
        }

        private static boolean isForCodeSigning(X509Certificate certificate) throws CertPathValidatorException {
            try {
                return List.of(KeyPurposeId.id_kp_codeSigning.getId()).equals(certificate.getExtendedKeyUsage());
            } catch (GeneralSecurityException e) {
                throw new CertPathValidatorException("its extended key usage cannot be read", e);
            }
        }
    }
}
