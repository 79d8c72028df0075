package dev.apprentice.signing.verify.internal;

import dev.apprentice.signing.verify.SigningException;
import dev.apprentice.signing.verify.SigningException.Code;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x500.style.IETFUtils;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;

/** Two certificates of one subject, one with an Ed25519 key and one with an ML-DSA-65 key. */
public record CertificatePair(
        String name, X500Name subject, Map<SignatureAlgorithm, X509CertificateHolder> byAlgorithm) {
    /**
     * Pairs certificates.
     *
     * @param usage what their keys must be for, as in {@link KeyUsage}
     */
    static CertificatePair of(Collection<X509CertificateHolder> holders, int usage) {
        Map<SignatureAlgorithm, X509CertificateHolder> byAlgorithm = new EnumMap<>(SignatureAlgorithm.class);
        for (X509CertificateHolder holder : holders) {
            byAlgorithm.put(
                    SignatureAlgorithm.of(
                            holder.getSubjectPublicKeyInfo().getAlgorithm().getAlgorithm()),
                    holder);
        }
        if (holders.size() != 2 || byAlgorithm.size() != 2) {
            throw fault("there are " + holders.size() + " with keys " + byAlgorithm.keySet()
                    + " instead of one Ed25519 and one ML-DSA-65");
        }
        X500Name subject = byAlgorithm.values().iterator().next().getSubject();
        String name = name(subject);
        for (X509CertificateHolder holder : byAlgorithm.values()) {
            if (!holder.getSubject().equals(subject)) {
                throw fault("one is of '" + subject + "', the other of '" + holder.getSubject() + "'");
            }
            KeyUsage allowed = KeyUsage.fromExtensions(holder.getExtensions());
            if (holder.getVersionNumber() != 3 || allowed == null || !allowed.hasUsages(usage)) {
                throw fault("one of '" + name + "' is not for "
                        + (usage == KeyUsage.digitalSignature ? "digital signatures" : "issuing certificates"));
            }
        }
        return new CertificatePair(name, subject, byAlgorithm);
    }

    private static String name(X500Name subject) {
        RDN[] names = subject.getRDNs(BCStyle.CN);
        if (names.length != 1 || names[0].isMultiValued()) {
            throw fault("one names nobody, or several");
        }
        String name = IETFUtils.valueToString(names[0].getFirst().getValue());
        if (!name.matches("[\\p{L}\\p{N}][\\p{L}\\p{N} ._@()'-]{0,99}")) {
            throw fault("the name is empty, longer than 100 characters or has unusual characters");
        }
        return name;
    }

    X509CertificateHolder get(SignatureAlgorithm algorithm) {
        return Objects.requireNonNull(byAlgorithm.get(algorithm));
    }

    /** Each certificate must be signed by its own key. */
    CertificatePair requireSelfSigned() {
        for (X509CertificateHolder holder : byAlgorithm.values()) {
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
        }
        return this;
    }

    Instant notBefore() {
        return byAlgorithm.values().stream()
                .map(holder -> holder.getNotBefore().toInstant())
                .max(Instant::compareTo)
                .orElseThrow();
    }

    Instant notAfter() {
        return byAlgorithm.values().stream()
                .map(holder -> holder.getNotAfter().toInstant())
                .min(Instant::compareTo)
                .orElseThrow();
    }

    /** SHA-256 hex over both certificates. */
    String fingerprint() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (X509CertificateHolder holder : byAlgorithm.values()) {
                digest.update(holder.getEncoded());
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (IOException | NoSuchAlgorithmException e) {
            throw new SigningException(Code.CERTIFICATE, "A certificate cannot be encoded: get it again", e);
        }
    }

    static SigningException fault(String what) {
        return new SigningException(
                Code.CERTIFICATE, "These are not a pair of certificates, " + what + ": get the certificate file again");
    }
}
