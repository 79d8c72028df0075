package dev.apprentice.signing.publish;

import dev.apprentice.signing.verify.SigningException;
import dev.apprentice.signing.verify.SigningException.Code;
import dev.apprentice.signing.verify.TrustStore;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.DefaultSignatureAlgorithmIdentifierFinder;

/** A publisher's two key pairs with their certificates, Ed25519 and ML-DSA-65, of one name. */
public final class PublisherKeys {
    static final List<String> ALGORITHMS = List.of("Ed25519", "ML-DSA-65");

    private static final Duration LIFE = Duration.ofDays(3 * 365);

    private final List<Identity> identities;
    private final List<X509CertificateHolder> issuers;

    PublisherKeys(List<Identity> identities) {
        this(identities, List.of());
    }

    private PublisherKeys(List<Identity> identities, List<X509CertificateHolder> issuers) {
        this.identities = List.copyOf(identities);
        this.issuers = List.copyOf(issuers);
    }

    /** A private key and the certificate of its public key. */
    record Identity(String algorithm, PrivateKey key, X509CertificateHolder certificate) {}

    /** Makes new keys, valid for three years from now. */
    public static PublisherKeys create(String name) {
        return create(name, Clock.systemUTC());
    }

    /** Makes new keys, valid for three years from the clock's now. */
    public static PublisherKeys create(String name, Clock clock) {
        Instant now = clock.instant();
        return new PublisherKeys(ALGORITHMS.stream()
                .map(algorithm -> identity(name, algorithm, now))
                .toList());
    }

    private static Identity identity(String name, String algorithm, Instant now) {
        X500Name subject = SubjectName.of(name);
        KeyPair pair = keyPair(algorithm);
        return new Identity(
                algorithm,
                pair.getPrivate(),
                new CertificateTemplate(
                                subject,
                                SubjectPublicKeyInfo.getInstance(
                                        pair.getPublic().getEncoded()))
                        .validFrom(now, LIFE)
                        .withExtension(Extension.basicConstraints, new BasicConstraints(false))
                        .withExtension(Extension.keyUsage, new KeyUsage(KeyUsage.digitalSignature))
                        .signedBy(subject, algorithm, pair.getPrivate()));
    }

    static KeyPair keyPair(String algorithm) {
        try {
            return KeyPairGenerator.getInstance(algorithm, new BouncyCastleProvider())
                    .generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new SigningException(
                    Code.FAILED, "Keys of kind " + algorithm + " could not be made: " + e.getMessage(), e);
        }
    }

    /** Whether a public key is of this kind. */
    static boolean isOf(String algorithm, SubjectPublicKeyInfo key) {
        return key.getAlgorithm().equals(new DefaultSignatureAlgorithmIdentifierFinder().find(algorithm));
    }

    /** The name in the certificates. */
    public String name() {
        return TrustStore.read(certificatePem()).name();
    }

    /** The fingerprint by which this publisher is trusted. */
    public String fingerprint() {
        return TrustStore.read(certificatePem()).fingerprint();
    }

    /** A request to an authority for certificates of these keys, PKCS#10 as PEM. */
    public String certificateRequest(String name) {
        return CertificateRequest.of(this, name);
    }

    /**
     * The same keys with certificates that an authority issued for them, to sign with.
     *
     * @param chainPem two certificates of these keys, and the two of the authority
     * @throws SigningException if they are of other keys, or the authority could not issue them
     */
    public PublisherKeys certified(String chainPem) {
        if (TrustStore.read(chainPem).authority().isEmpty()) {
            throw new SigningException(
                    Code.CERTIFICATE,
                    "The certificates are not an authority's for a publisher: give what 'key certify' wrote");
        }
        List<X509CertificateHolder> chain = new ArrayList<>(Pem.certificates(chainPem));
        List<Identity> certified = new ArrayList<>();
        for (Identity identity : identities) {
            X509CertificateHolder issued = chain.stream()
                    .filter(one -> one.getSubjectPublicKeyInfo()
                            .equals(identity.certificate().getSubjectPublicKeyInfo()))
                    .findFirst()
                    .orElseThrow(() -> new SigningException(
                            Code.CERTIFICATE,
                            "The certificates are of other keys than these: give those for the request of these keys"));
            chain.remove(issued);
            certified.add(new Identity(identity.algorithm(), identity.key(), issued));
        }
        return new PublisherKeys(certified, chain);
    }

    /** The certificates of the authority that issued those of the keys; none if they are self-signed. */
    List<X509CertificateHolder> issuers() {
        return issuers;
    }

    List<Identity> identities() {
        return identities;
    }

    /** The certificates as PEM: what others need to trust this publisher. */
    public String certificatePem() {
        return Pem.text(Stream.concat(identities.stream().map(Identity::certificate), issuers.stream())
                .toList());
    }

    /** Writes the keys, encrypted, to a new file that only its owner can read. */
    public void save(Path file, char[] passphrase) {
        KeyFile.save(this, file, passphrase);
    }

    /** Seals the keys of a file anew: under another passphrase, or in the form of today. */
    public static void reseal(Path file, char[] passphrase, char[] newPassphrase) {
        KeyFile.reseal(file, passphrase, newPassphrase);
    }

    /** Whether a file is of a form that is easier to guess the passphrase of; it should be sealed anew. */
    public static boolean isOutdated(Path file) {
        return KeyFile.isOutdated(file);
    }

    /** Reads what {@link #save} wrote. */
    public static PublisherKeys load(Path file, char[] passphrase) {
        return KeyFile.load(file, passphrase);
    }
}
