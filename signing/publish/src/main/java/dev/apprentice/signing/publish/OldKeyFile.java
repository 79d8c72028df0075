package dev.apprentice.signing.publish;

import dev.apprentice.signing.verify.SigningException;
import dev.apprentice.signing.verify.SigningException.Code;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8DecryptorProviderBuilder;
import org.bouncycastle.operator.InputDecryptorProvider;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;
import org.bouncycastle.pkcs.PKCSException;

/** Opens key files of the first form: PEM with PKCS#8 keys that a passphrase encrypts through PBKDF2. None are written any more. */
final class OldKeyFile {
    private OldKeyFile() {}

    static boolean is(String text) {
        return text.startsWith("-----BEGIN ENCRYPTED PRIVATE KEY-----");
    }

    static PublisherKeys open(Path file, String pem, char[] passphrase) {
        List<PrivateKey> keys = new ArrayList<>();
        List<X509CertificateHolder> certificates = new ArrayList<>();
        try (PEMParser parser = new PEMParser(new StringReader(pem))) {
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
                    default -> throw KeyFile.foreign(file);
                }
            }
        } catch (PKCSException e) {
            throw new SigningException(Code.STORAGE, "The keys in " + file + " do not open: check the passphrase", e);
        } catch (IOException | OperatorCreationException e) {
            throw new SigningException(Code.STORAGE, file + " cannot be read: give a file made by the key command", e);
        }
        return KeyFile.of(file, keys, certificates);
    }
}
