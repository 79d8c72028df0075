package dev.apprentice.signing.publish;

import dev.apprentice.signing.verify.SigningException;
import dev.apprentice.signing.verify.SigningException.Code;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;

/** A publisher's keys in one {@link SealedFile}: both keys as PKCS#8, sealed, and both certificates, all in PEM. */
final class KeyFile {
    private KeyFile() {}

    static void save(PublisherKeys keys, Path file, char[] passphrase) {
        sealed(keys).save(file, passphrase);
    }

    /** Reads a file that {@link #save} wrote, in this version or in an earlier one. */
    static PublisherKeys load(Path file, char[] passphrase) {
        String text = text(file);
        if (OldKeyFile.is(text)) {
            return OldKeyFile.open(file, text, passphrase);
        }
        SealedFile sealed = SealedFile.load(file, passphrase);
        List<PrivateKey> keys = new ArrayList<>();
        List<X509CertificateHolder> certificates = new ArrayList<>();
        try (PEMParser secret =
                        new PEMParser(new StringReader(new String(sealed.secret(), StandardCharsets.US_ASCII)));
                PEMParser open = new PEMParser(new StringReader(sealed.publicPart()))) {
            JcaPEMKeyConverter converter = new JcaPEMKeyConverter().setProvider(new BouncyCastleProvider());
            while (secret.readObject() instanceof PrivateKeyInfo key) {
                keys.add(converter.getPrivateKey(key));
            }
            while (open.readObject() instanceof X509CertificateHolder certificate) {
                certificates.add(certificate);
            }
        } catch (IOException _) {
            throw foreign(file);
        }
        return of(file, keys, certificates);
    }

    /** Seals the keys of a file anew, in the form of today. */
    static void reseal(Path file, char[] passphrase, char[] newPassphrase) {
        sealed(load(file, passphrase)).replace(file, newPassphrase);
    }

    static boolean isOutdated(Path file) {
        return OldKeyFile.is(text(file));
    }

    static PublisherKeys of(Path file, List<PrivateKey> keys, List<X509CertificateHolder> certificates) {
        if (keys.size() != 2 || certificates.size() != 2) {
            throw foreign(file);
        }
        List<PublisherKeys.Identity> identities = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            identities.add(
                    new PublisherKeys.Identity(PublisherKeys.ALGORITHMS.get(i), keys.get(i), certificates.get(i)));
        }
        return new PublisherKeys(identities);
    }

    static SigningException foreign(Path file) {
        return new SigningException(
                Code.STORAGE,
                file + " does not hold two encrypted keys with two certificates: give a file made by the key command");
    }

    private static SealedFile sealed(PublisherKeys keys) {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            for (PublisherKeys.Identity identity : keys.identities()) {
                writer.writeObject(new JcaPKCS8Generator(identity.key(), null));
            }
        } catch (IOException e) {
            throw new SigningException(Code.FAILED, "The keys could not be written: " + e.getMessage(), e);
        }
        return new SealedFile(keys.certificatePem(), text.toString().getBytes(StandardCharsets.US_ASCII));
    }

    private static String text(Path file) {
        try {
            // Whatever the bytes are, they become some text, and what is no key file is told as such.
            return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new SigningException(
                    Code.STORAGE, "The key file " + file + " cannot be read: check its name and permissions", e);
        }
    }
}
