package dev.apprentice.signing.publish;

import dev.apprentice.signing.verify.SigningException;
import dev.apprentice.signing.verify.SigningException.Code;
import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A publisher's two key pairs with their self-signed certificates, Ed25519 and ML-DSA-65, of one name. */
public final class PublisherKeys {
    static final List<String> ALGORITHMS = List.of("Ed25519", "ML-DSA-65");

    private static final Duration LIFE = Duration.ofDays(3 * 365);
    private static final Duration CLOCK_SKEW = Duration.ofMinutes(5);
    private static final int SERIAL_BITS = 127;

    private final List<Identity> identities;

    PublisherKeys(List<Identity> identities) {
        this.identities = List.copyOf(identities);
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
        BouncyCastleProvider provider = new BouncyCastleProvider();
        X500Name subject = new X500NameBuilder().addRDN(BCStyle.CN, name).build();
        try {
            KeyPair pair = KeyPairGenerator.getInstance(algorithm, provider).generateKeyPair();
            JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                    subject,
                    new BigInteger(SERIAL_BITS, new SecureRandom()),
                    Date.from(now.minus(CLOCK_SKEW)),
                    Date.from(now.plus(LIFE)),
                    subject,
                    pair.getPublic());
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
            var signer =
                    new JcaContentSignerBuilder(algorithm).setProvider(provider).build(pair.getPrivate());
            return new Identity(algorithm, pair.getPrivate(), builder.build(signer));
        } catch (GeneralSecurityException | IOException | OperatorCreationException e) {
            throw new SigningException(
                    Code.FAILED, "Keys of kind " + algorithm + " could not be made: " + e.getMessage(), e);
        }
    }

    List<Identity> identities() {
        return identities;
    }

    /** Both certificates as PEM: what others need to trust this publisher. */
    public String certificatePem() {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter pem = new JcaPEMWriter(text)) {
            for (Identity identity : identities) {
                pem.writeObject(identity.certificate());
            }
        } catch (IOException e) {
            throw new SigningException(Code.STORAGE, "The certificates could not be written: " + e.getMessage(), e);
        }
        return text.toString();
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
