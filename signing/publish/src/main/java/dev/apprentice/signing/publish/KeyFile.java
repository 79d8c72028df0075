package dev.apprentice.signing.publish;

import dev.apprentice.signing.verify.SigningException;
import dev.apprentice.signing.verify.SigningException.Code;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.PrivateKey;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.PKCS8Generator;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8DecryptorProviderBuilder;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8EncryptorBuilder;
import org.bouncycastle.operator.InputDecryptorProvider;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.OutputEncryptor;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;
import org.bouncycastle.pkcs.PKCSException;

/** A publisher's keys in one PEM file: both keys as PKCS#8, encrypted with a passphrase, and both certificates. */
public final class KeyFile {
    private static final int DERIVATION_ROUNDS = 600_000;

    private KeyFile() {}

    /**
     * Writes a new file that only its owner can read.
     *
     * @throws SigningException if the file exists already: keys are never overwritten
     */
    public static void save(PublisherKeys keys, Path file, char[] passphrase) {
        if (passphrase.length < 8) {
            throw new SigningException(Code.STORAGE, "The passphrase has less than 8 characters: choose a longer one");
        }
        try {
            createPrivate(file);
            Files.writeString(
                    file, encrypt(keys, passphrase), StandardCharsets.US_ASCII, StandardOpenOption.TRUNCATE_EXISTING);
        } catch (FileAlreadyExistsException e) {
            throw new SigningException(
                    Code.STORAGE, file + " exists already: choose another name, keys are never overwritten", e);
        } catch (IOException | OperatorCreationException e) {
            throw new SigningException(
                    Code.STORAGE, file + " cannot be written: check the folder and its permissions", e);
        }
    }

    /** Reads a file that {@link #save} wrote. */
    public static PublisherKeys load(Path file, char[] passphrase) {
        List<PrivateKey> keys = new ArrayList<>();
        List<X509CertificateHolder> certificates = new ArrayList<>();
        try (PEMParser parser = new PEMParser(Files.newBufferedReader(file, StandardCharsets.US_ASCII))) {
            BouncyCastleProvider provider = new BouncyCastleProvider();
            InputDecryptorProvider decryptor = new JceOpenSSLPKCS8DecryptorProviderBuilder()
                    .setProvider(provider)
                    .build(passphrase);
            JcaPEMKeyConverter converter = new JcaPEMKeyConverter().setProvider(provider);
            for (Object item = parser.readObject(); item != null; item = parser.readObject()) {
                switch (item) {
                    case PKCS8EncryptedPrivateKeyInfo key ->
                        keys.add(converter.getPrivateKey(key.decryptPrivateKeyInfo(decryptor)));
                    case X509CertificateHolder certificate -> certificates.add(certificate);
                    default -> throw foreign(file);
                }
            }
        } catch (PKCSException e) {
            throw new SigningException(Code.STORAGE, "The keys in " + file + " do not open: check the passphrase", e);
        } catch (IOException | OperatorCreationException e) {
            throw new SigningException(Code.STORAGE, file + " cannot be read: give a file made by the key command", e);
        }
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

    /** Makes an empty file that only its owner can read; fails if there is one. */
    public static void createPrivate(Path file) throws IOException {
        if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        } else {
            Files.createFile(file);
        }
    }

    private static String encrypt(PublisherKeys keys, char[] passphrase) throws IOException, OperatorCreationException {
        OutputEncryptor encryptor = new JceOpenSSLPKCS8EncryptorBuilder(NISTObjectIdentifiers.id_aes256_CBC)
                .setProvider(new BouncyCastleProvider())
                .setPRF(PKCS8Generator.PRF_HMACSHA256)
                .setIterationCount(DERIVATION_ROUNDS)
                .setPassword(passphrase)
                .build();
        StringWriter text = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            for (PublisherKeys.Identity identity : keys.identities()) {
                writer.writeObject(new JcaPKCS8Generator(identity.key(), encryptor));
                writer.writeObject(identity.certificate());
            }
        }
        return text.toString();
    }

    private static SigningException foreign(Path file) {
        return new SigningException(
                Code.STORAGE,
                file + " does not hold two encrypted keys with two certificates: give a file made by the key command");
    }
}
