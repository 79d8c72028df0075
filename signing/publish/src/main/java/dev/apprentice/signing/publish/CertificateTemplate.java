package dev.apprentice.signing.publish;

import dev.apprentice.signing.verify.SigningException;
import dev.apprentice.signing.verify.SigningException.Code;
import java.io.IOException;
import java.math.BigInteger;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** What a certificate (X.509 version 3) is to say, before anyone signs it; all its extensions are critical. */
final class CertificateTemplate {
    private static final Duration CLOCK_SKEW = Duration.ofMinutes(5);
    private static final int SERIAL_BITS = 127;

    private final X500Name subject;
    private final SubjectPublicKeyInfo key;
    private final ExtensionsGenerator extensions = new ExtensionsGenerator();
    private Instant notBefore = Instant.EPOCH;
    private Instant notAfter = Instant.EPOCH;

    CertificateTemplate(X500Name subject, SubjectPublicKeyInfo key) {
        this.subject = subject;
        this.key = key;
    }

    /** Valid for this long, and for some minutes before, since clocks differ. */
    CertificateTemplate validFrom(Instant begin, Duration life) {
        notBefore = begin.minus(CLOCK_SKEW);
        notAfter = begin.plus(life);
        return this;
    }

    CertificateTemplate withExtension(ASN1ObjectIdentifier kind, ASN1Encodable value) {
        try {
            extensions.addExtension(kind, true, value);
        } catch (IOException e) {
            throw failed(e);
        }
        return this;
    }

    X509CertificateHolder signedBy(X500Name issuer, String algorithm, PrivateKey secret) {
        try {
            X509v3CertificateBuilder builder = new X509v3CertificateBuilder(
                    issuer,
                    new BigInteger(SERIAL_BITS, new SecureRandom()),
                    Date.from(notBefore),
                    Date.from(notAfter),
                    subject,
                    key);
            for (ASN1ObjectIdentifier kind : extensions.generate().getExtensionOIDs()) {
                builder.addExtension(extensions.generate().getExtension(kind));
            }
            return builder.build(new JcaContentSignerBuilder(algorithm)
                    .setProvider(new BouncyCastleProvider())
                    .build(secret));
        } catch (IOException | OperatorCreationException e) {
            throw failed(e);
        }
    }

    private SigningException failed(Exception e) {
        return new SigningException(
                Code.FAILED, "The certificate of '" + subject + "' could not be made: " + e.getMessage(), e);
    }
}
