package dev.apprentice.signing.verify.internal;

import dev.apprentice.signing.verify.SigningException;
import dev.apprentice.signing.verify.SigningException.Code;
import dev.apprentice.signing.verify.TrustedPublisher;
import java.io.IOException;
import java.io.StringReader;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x500.style.IETFUtils;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;

/** The pair of self-signed certificates that makes a publisher, each checked when this object is made. */
public record PublisherCertificates(
        String name, String fingerprint, Map<SignatureAlgorithm, X509CertificateHolder> byAlgorithm) {
    private static final int LONGEST_PEM = 64 * 1024;

    /** Reads exactly one pair from PEM text that holds nothing else. */
    public static PublisherCertificates ofPem(String pem) {
        if (pem.length() > LONGEST_PEM) {
            throw fault("the PEM text has " + pem.length() + " characters, more than any pair of certificates");
        }
        List<X509CertificateHolder> holders = new ArrayList<>();
        try (PEMParser parser = new PEMParser(new StringReader(pem))) {
            for (Object item = parser.readObject(); item != null; item = parser.readObject()) {
                if (!(item instanceof X509CertificateHolder holder)) {
                    throw fault("the PEM text holds something other than certificates, such as a private key");
                }
                holders.add(holder);
            }
        } catch (IOException e) {
            throw new SigningException(
                    Code.CERTIFICATE, "The PEM text cannot be read: get the publisher's certificate file again", e);
        }
        return of(holders);
    }

    static PublisherCertificates of(Iterable<X509CertificateHolder> holders) {
        Map<SignatureAlgorithm, X509CertificateHolder> byAlgorithm = new EnumMap<>(SignatureAlgorithm.class);
        int count = 0;
        String name = "";
        for (X509CertificateHolder holder : holders) {
            String subject = check(holder);
            if (count++ > 0 && !subject.equals(name)) {
                throw fault("one is of '" + name + "', the other of '" + subject + "'");
            }
            name = subject;
            byAlgorithm.put(
                    SignatureAlgorithm.of(
                            holder.getSubjectPublicKeyInfo().getAlgorithm().getAlgorithm()),
                    holder);
        }
        if (count != 2 || byAlgorithm.size() != 2) {
            throw fault("there are " + count + " with keys " + byAlgorithm.keySet()
                    + " instead of one Ed25519 and one ML-DSA-65");
        }
        return new PublisherCertificates(name, fingerprint(byAlgorithm), byAlgorithm);
    }

    /** What the trust store says of them. */
    public TrustedPublisher publisher() {
        Instant from = Instant.MIN;
        Instant until = Instant.MAX;
        for (X509CertificateHolder holder : byAlgorithm.values()) {
            Instant begin = holder.getNotBefore().toInstant();
            Instant end = holder.getNotAfter().toInstant();
            from = begin.isAfter(from) ? begin : from;
            until = end.isBefore(until) ? end : until;
        }
        return new TrustedPublisher(name, fingerprint, from, until);
    }

    void requireValidAt(Instant moment, String what) {
        TrustedPublisher publisher = publisher();
        if (moment.isBefore(publisher.notBefore()) || moment.isAfter(publisher.notAfter())) {
            throw new SigningException(
                    Code.CERTIFICATE,
                    "The certificates of '" + name + "' are valid from " + publisher.notBefore() + " to "
                            + publisher.notAfter() + ", but " + what + " is " + moment
                            + ": get the file signed with current certificates");
        }
    }

    private static String check(X509CertificateHolder holder) {
        RDN[] names = holder.getSubject().getRDNs(BCStyle.CN);
        if (names.length != 1 || names[0].isMultiValued()) {
            throw fault("one names no publisher, or several");
        }
        String name = IETFUtils.valueToString(names[0].getFirst().getValue());
        if (!name.matches("[\\p{L}\\p{N}][\\p{L}\\p{N} ._@()'-]{0,99}")) {
            throw fault("the publisher's name is empty, longer than 100 characters or has unusual characters");
        }
        KeyUsage usage = KeyUsage.fromExtensions(holder.getExtensions());
        if (holder.getVersionNumber() != 3 || usage == null || !usage.hasUsages(KeyUsage.digitalSignature)) {
            throw fault("one of '" + name + "' is not for digital signatures");
        }
        try {
            if (!holder.isSignatureValid(new JcaContentVerifierProviderBuilder()
                    .setProvider(new BouncyCastleProvider())
                    .build(holder))) {
                throw fault("one of '" + name + "' is not signed by its own key");
            }
        } catch (SigningException refusal) {
            throw refusal;
        } catch (Exception e) {
            throw new SigningException(
                    Code.CERTIFICATE, "A certificate of '" + name + "' cannot be checked: get it again", e);
        }
        return name;
    }

    private static String fingerprint(Map<SignatureAlgorithm, X509CertificateHolder> certificates) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (X509CertificateHolder holder : certificates.values()) {
                digest.update(holder.getEncoded());
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (IOException | NoSuchAlgorithmException e) {
            throw new SigningException(Code.CERTIFICATE, "A certificate cannot be encoded: get it again", e);
        }
    }

    private static SigningException fault(String what) {
        return new SigningException(
                Code.CERTIFICATE,
                "These are not a publisher's pair of certificates, " + what + ": get the publisher's certificate file");
    }
}
