package dev.apprentice.signing.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.apprentice.signing.verify.SigningException;
import dev.apprentice.signing.verify.SigningException.Code;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.PKCS8Generator;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8EncryptorBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyFileTest {
    private static final PublisherKeys KEYS = PublisherKeys.create("Ada's skills");

    @TempDir
    Path folder;

    private static char[] passphrase() {
        return "long passphrase".toCharArray();
    }

    @Test
    void keysAreSealedByArgon2idAndOpenOnlyWithTheirPassphrase() throws Exception {
        Path file = folder.resolve("publisher.key");
        KEYS.save(file, passphrase());
        assertThat(PublisherKeys.isOutdated(file)).isFalse();
        requireSameKeys(file, passphrase());
        assertThat(Files.getPosixFilePermissions(file)).hasSize(2);
        assertThat(Files.readString(file)).contains("argon2id", "aes256gcm").doesNotContain("PRIVATE KEY");
        refuse(file, "other passphrase", "do not open: check the passphrase");
        assertThatThrownBy(() -> KEYS.save(file, passphrase())).hasMessageContaining("exists already");
        assertThatThrownBy(() -> KEYS.save(folder.resolve("b"), "short".toCharArray()))
                .hasMessageContaining("8 characters");
        assertThat(folder.resolve("b")).doesNotExist();
    }

    @Test
    void changedFilesDoNotOpen() throws Exception {
        Path file = folder.resolve("publisher.key");
        KEYS.save(file, passphrase());
        String good = Files.readString(file);
        Files.writeString(file, good.replace(KEYS.certificatePem().substring(40, 60), "AAAAAAAAAAAAAAAAAAAA"));
        refuse(file, "long passphrase", "do not open");
        Files.writeString(file, good.replace("65536", "2000000000"));
        refuse(file, "long passphrase", "costs");
        for (String bad : new String[] {"", "{}", good.substring(0, good.length() / 2), "[1]", good + good, "\u00ff"}) {
            Files.writeString(file, bad);
            assertThatThrownBy(() -> PublisherKeys.load(file, passphrase()))
                    .as(bad)
                    .isInstanceOf(SigningException.class);
        }
        Files.delete(file);
        refuse(file, "long passphrase", "cannot be read");
    }

    @Test
    void fileOfAnEarlierVersionOpensAndIsSealedAnew() throws Exception {
        String earlier = earlierForm();
        Path file = Files.writeString(folder.resolve("publisher.pem"), earlier);
        assertThat(PublisherKeys.isOutdated(file)).isTrue();
        requireSameKeys(file, passphrase());
        refuse(file, "other passphrase", "do not open: check the passphrase");
        assertThatThrownBy(() -> PublisherKeys.reseal(file, "other passphrase".toCharArray(), passphrase()))
                .isInstanceOf(SigningException.class);
        assertThatThrownBy(() -> PublisherKeys.reseal(file, passphrase(), "short".toCharArray()))
                .isInstanceOf(SigningException.class);
        assertThat(file).as("after refusals").hasContent(earlier);
        PublisherKeys.reseal(file, passphrase(), "another passphrase".toCharArray());
        assertThat(PublisherKeys.isOutdated(file)).isFalse();
        assertThat(Files.getPosixFilePermissions(file)).hasSize(2);
        requireSameKeys(file, "another passphrase".toCharArray());
        assertThat(Files.list(folder)).containsExactly(file);
    }

    /** As the first version of the key command wrote it, but with fewer rounds. */
    private static String earlierForm() throws Exception {
        var encryptor = new JceOpenSSLPKCS8EncryptorBuilder(NISTObjectIdentifiers.id_aes256_CBC)
                .setProvider(new BouncyCastleProvider())
                .setPRF(PKCS8Generator.PRF_HMACSHA256)
                .setIterationCount(1000)
                .setPassword(passphrase())
                .build();
        StringWriter text = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            for (PublisherKeys.Identity identity : KEYS.identities()) {
                writer.writeObject(new JcaPKCS8Generator(identity.key(), encryptor));
                writer.writeObject(identity.certificate());
            }
        }
        return text.toString();
    }

    private static void requireSameKeys(Path file, char[] passphrase) {
        PublisherKeys loaded = PublisherKeys.load(file, passphrase);
        assertThat(loaded.certificatePem()).isEqualTo(KEYS.certificatePem());
        byte[] content = "content".getBytes(StandardCharsets.UTF_8);
        assertThat(PackageSigner.sign(loaded, content)).isNotEmpty();
    }

    private static void refuse(Path file, String passphrase, String message) {
        assertThatThrownBy(() -> PublisherKeys.load(file, passphrase.toCharArray()))
                .isInstanceOfSatisfying(
                        SigningException.class,
                        refusal -> assertThat(refusal.code()).isEqualTo(Code.STORAGE))
                .hasMessageContaining(message);
    }
}
