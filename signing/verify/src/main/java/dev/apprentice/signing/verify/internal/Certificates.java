package dev.apprentice.signing.verify.internal;

import dev.apprentice.signing.verify.SigningException;
import dev.apprentice.signing.verify.SigningException.Code;
import dev.apprentice.signing.verify.TrustedPublisher;
import dev.apprentice.signing.verify.TrustedPublisher.Kind;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.openssl.PEMParser;

/** The certificates that come with a signature or lie in the trust store, checked when the object is made. */
public sealed interface Certificates {
    /** Longest PEM text of certificates, in characters. */
    int LONGEST_PEM = 64 * 1024;

    /** Those that sign, or issue. */
    CertificatePair pair();

    /** What the trust store says of them. */
    TrustedPublisher trusted();

    /** A publisher's pair, signed by its own keys and trusted by its fingerprint. */
    record SelfSigned(CertificatePair pair) implements Certificates {
        @Override
        public TrustedPublisher trusted() {
            return new TrustedPublisher(
                    pair.name(), pair.fingerprint(), Kind.PUBLISHER, "", pair.notBefore(), pair.notAfter());
        }
    }

    /** A publisher's pair that an authority has issued: each certificate by the authority's key of the same algorithm. */
    record Issued(CertificatePair pair, CertificatePair authority) implements Certificates {
        @Override
        public TrustedPublisher trusted() {
            String issuer = authority.fingerprint();
            return new TrustedPublisher(
                    pair.name(),
                    identity(issuer),
                    Kind.PUBLISHER,
                    issuer,
                    latest(pair.notBefore(), authority.notBefore()),
                    earliest(pair.notAfter(), authority.notAfter()));
        }

        /** The authority's word for a name, which stays when certificate or key are renewed. */
        private String identity(String issuer) {
            try {
                MessageDigest digest = MessageDigest.getInstance("SHA-256");
                digest.update(issuer.getBytes(StandardCharsets.US_ASCII));
                digest.update(pair.subject().getEncoded());
                return HexFormat.of().formatHex(digest.digest());
            } catch (IOException | NoSuchAlgorithmException e) {
                throw new SigningException(Code.CERTIFICATE, "A certificate cannot be encoded: get it again", e);
            }
        }
    }

    /** An authority's own pair. */
    record Authority(CertificatePair pair) implements Certificates {
        @Override
        public TrustedPublisher trusted() {
            return new TrustedPublisher(
                    pair.name(), pair.fingerprint(), Kind.AUTHORITY, "", pair.notBefore(), pair.notAfter());
        }
    }

    /** Reads PEM text that holds certificates and nothing else. */
    static Certificates ofPem(String pem) {
        if (pem.length() > LONGEST_PEM) {
            throw CertificatePair.fault("the PEM text has " + pem.length() + " characters, more than they need");
        }
        List<X509CertificateHolder> holders = new ArrayList<>();
        try (PEMParser parser = new PEMParser(new StringReader(pem))) {
            for (Object item = parser.readObject(); item != null; item = parser.readObject()) {
                if (!(item instanceof X509CertificateHolder holder)) {
                    throw CertificatePair.fault(
                            "the PEM text holds something other than certificates, such as a private key");
                }
                holders.add(holder);
            }
        } catch (IOException e) {
            throw new SigningException(
                    Code.CERTIFICATE, "The PEM text cannot be read: get the certificate file again", e);
        }
        return of(holders);
    }

    /** A pair of a publisher, a pair of an authority, or both, the second of which issued the first. */
    static Certificates of(Collection<X509CertificateHolder> holders) {
        Map<Boolean, List<X509CertificateHolder>> byRole =
                holders.stream().collect(Collectors.partitioningBy(Certificates::isAuthority));
        List<X509CertificateHolder> authorities = byRole.getOrDefault(true, List.of());
        List<X509CertificateHolder> publishers = byRole.getOrDefault(false, List.of());
        if (authorities.isEmpty()) {
            return new SelfSigned(
                    CertificatePair.of(publishers, KeyUsage.digitalSignature).requireSelfSigned());
        }
        CertificatePair authority =
                CertificatePair.of(authorities, KeyUsage.keyCertSign).requireSelfSigned();
        if (publishers.isEmpty()) {
            return new Authority(authority);
        }
        CertificatePair pair = CertificatePair.of(publishers, KeyUsage.digitalSignature);
        for (SignatureAlgorithm algorithm : SignatureAlgorithm.values()) {
            CertificationPath.require(pair.get(algorithm), authority.get(algorithm));
        }
        return new Issued(pair, authority);
    }

    private static boolean isAuthority(X509CertificateHolder holder) {
        BasicConstraints constraints = BasicConstraints.fromExtensions(holder.getExtensions());
        return constraints != null && constraints.isCA();
    }

    /** All certificates must be valid at this moment. */
    default void requireValidAt(Instant moment, String what) {
        TrustedPublisher publisher = trusted();
        if (moment.isBefore(publisher.notBefore()) || moment.isAfter(publisher.notAfter())) {
            throw new SigningException(
                    Code.CERTIFICATE,
                    "The certificates of '" + publisher.name() + "' are valid from " + publisher.notBefore() + " to "
                            + publisher.notAfter() + ", but " + what + " is " + moment
                            + ": get the file signed with current certificates");
        }
    }

    private static Instant latest(Instant a, Instant b) {
        return a.isAfter(b) ? a : b;
    }

    private static Instant earliest(Instant a, Instant b) {
        return a.isBefore(b) ? a : b;
    }
}
