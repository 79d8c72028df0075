package dev.apprentice.signing.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.apprentice.signing.publish.PublisherKeys.Identity;
import dev.apprentice.signing.verify.PackageVerifier;
import dev.apprentice.signing.verify.SigningException;
import dev.apprentice.signing.verify.SigningException.Code;
import dev.apprentice.signing.verify.TrustStore;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.oiw.OIWObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.cms.CMSProcessableByteArray;
import org.bouncycastle.cms.CMSSignedDataGenerator;
import org.bouncycastle.cms.SignerInfoGeneratorBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.DigestCalculatorProvider;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import org.bouncycastle.util.CollectionStore;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Signatures that are weaker than they look, and verifiers that cannot do their work. */
class SignatureAttackTest {
    private static final BouncyCastleProvider PROVIDER = new BouncyCastleProvider();
    private static final PublisherKeys KEYS = PublisherKeys.create("Ada's skills");
    private static final byte[] FILE = "the content of a skill".repeat(20).getBytes(StandardCharsets.UTF_8);

    @TempDir
    Path folder;

    private TrustStore trust;

    @BeforeEach
    void trustThePublisher() {
        trust = new TrustStore(folder.resolve("trust"));
        trust.add(KEYS.certificatePem());
    }

    @Test
    void digestsThatAreWeakOrUnknownAreRefused() throws Exception {
        for (ASN1ObjectIdentifier digest : List.of(
                OIWObjectIdentifiers.idSHA1, NISTObjectIdentifiers.id_sha224, NISTObjectIdentifiers.id_sha3_256)) {
            CMSSignedDataGenerator generator = new CMSSignedDataGenerator();
            for (Identity identity : KEYS.identities()) {
                var builder = new SignerInfoGeneratorBuilder(digests());
                builder.setContentDigest(new AlgorithmIdentifier(digest));
                generator.addSignerInfoGenerator(
                        builder.build(signer(identity.algorithm(), identity.key()), identity.certificate()));
            }
            generator.addCertificates(new CollectionStore<>(
                    KEYS.identities().stream().map(Identity::certificate).toList()));
            byte[] signature = generator
                    .generate(new CMSProcessableByteArray(FILE), false)
                    .toASN1Structure()
                    .getEncoded(ASN1Encoding.DER);
            refused(Code.ALGORITHM, signature);
        }
    }

    @Test
    void rsaIsRefusedInAnyPlace() throws Exception {
        Identity rsa = identity("RSA", 1024, "SHA256withRSA", "Ada's skills", KeyUsage.digitalSignature);
        for (int place = 0; place < 2; place++) {
            List<Identity> pair = new ArrayList<>(KEYS.identities());
            pair.set(place, rsa);
            byte[] signature = PackageSigner.sign(pair, FILE);
            assertThatThrownBy(() -> verify(signature)).isInstanceOf(SigningException.class);
        }
        assertThatThrownBy(() -> trust.add(pem(rsa) + pem(KEYS.identities().get(1))))
                .isInstanceOf(SigningException.class);
    }

    @Test
    void certificatesForAnotherUseAreRefused() throws Exception {
        Identity encrypting = identity("Ed25519", 0, "Ed25519", "Ada's skills", KeyUsage.keyEncipherment);
        String pem = pem(encrypting) + pem(KEYS.identities().get(1));
        assertThatThrownBy(() -> trust.add(pem))
                .isInstanceOfSatisfying(
                        SigningException.class,
                        refusal -> assertThat(refusal.code()).isEqualTo(Code.CERTIFICATE))
                .hasMessageContaining("not for digital signatures");
        refused(
                Code.CERTIFICATE,
                PackageSigner.sign(List.of(encrypting, KEYS.identities().get(1)), FILE));
    }

    @Test
    void certificateIssuedByAnotherKeyIsRefused() throws Exception {
        Identity other = PublisherKeys.create("Ada's skills").identities().get(0);
        KeyPair pair = KeyPairGenerator.getInstance("Ed25519", PROVIDER).generateKeyPair();
        Identity issued = new Identity(
                "Ed25519",
                pair.getPrivate(),
                certificate(pair, "Ada's skills", KeyUsage.digitalSignature).build(signer("Ed25519", other.key())));
        assertThatThrownBy(() -> trust.add(pem(issued) + pem(KEYS.identities().get(1))))
                .isInstanceOf(SigningException.class)
                .hasMessageContaining("not signed by its own key");
    }

    @Test
    void orderOfCertificatesMeansNothing() {
        String swapped = pem(KEYS.identities().get(1)) + pem(KEYS.identities().get(0));
        assertThat(trust.add(swapped)).isEqualTo(trust.list().getFirst());
        assertThat(trust.list()).hasSize(1);
    }

    @Test
    void deeplyNestedSignatureIsRefused() {
        for (int filler : new int[] {0x30, 0xA0}) {
            byte[] nested = new byte[60_000];
            for (int i = 0; i < nested.length; i += 2) {
                nested[i] = (byte) filler;
                nested[i + 1] = (byte) 0x80;
            }
            refused(Code.MALFORMED, nested);
        }
    }

    @Test
    void trustStoreThatCannotBeReadRefuses() throws Exception {
        byte[] signature = PackageSigner.sign(KEYS, FILE);
        Path file;
        try (var files = Files.list(folder.resolve("trust"))) {
            file = files.findFirst().orElseThrow();
        }
        String pem = Files.readString(file);
        for (String damaged : List.of("", pem.substring(0, 500), pem + pem, "\u0000".repeat(100))) {
            Files.writeString(file, damaged);
            assertThatThrownBy(() -> verify(signature)).isInstanceOf(SigningException.class);
        }
        Files.write(file, new byte[] {(byte) 0xFF, (byte) 0xFE});
        refused(Code.STORAGE, signature);
        Files.delete(file);
        refused(Code.UNTRUSTED, signature);
        Files.createDirectory(file);
        refused(Code.STORAGE, signature);
    }

    @Test
    void clockThatFailsRefuses() {
        Clock broken = new Clock() {
            @Override
            public Instant instant() {
                throw new IllegalStateException("no clock");
            }

            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }
        };
        byte[] signature = PackageSigner.sign(KEYS, FILE);
        assertThatThrownBy(() -> new PackageVerifier(broken).verify(FILE, signature, trust))
                .isInstanceOf(SigningException.class);
    }

    private static Identity identity(String kind, int bits, String algorithm, String name, int usage) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(kind, PROVIDER);
        if (bits > 0) {
            generator.initialize(bits);
        }
        KeyPair pair = generator.generateKeyPair();
        return new Identity(
                algorithm,
                pair.getPrivate(),
                certificate(pair, name, usage).build(signer(algorithm, pair.getPrivate())));
    }

    private static JcaX509v3CertificateBuilder certificate(KeyPair pair, String name, int usage) throws Exception {
        X500Name subject = new X500Name("CN=" + name);
        Instant now = Instant.now();
        JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                subject,
                BigInteger.TWO,
                Date.from(now.minusSeconds(60)),
                Date.from(now.plusSeconds(3600)),
                subject,
                pair.getPublic());
        builder.addExtension(Extension.keyUsage, true, new KeyUsage(usage));
        return builder;
    }

    private static ContentSigner signer(String algorithm, PrivateKey key) throws Exception {
        return new JcaContentSignerBuilder(algorithm).setProvider(PROVIDER).build(key);
    }

    private static DigestCalculatorProvider digests() throws Exception {
        return new JcaDigestCalculatorProviderBuilder().setProvider(PROVIDER).build();
    }

    private static String pem(Identity identity) {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter pem = new JcaPEMWriter(text)) {
            pem.writeObject(identity.certificate());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    private void verify(byte[] signature) {
        new PackageVerifier(Clock.systemUTC()).verify(FILE, signature, trust);
    }

    private void refused(Code code, byte[] signature) {
        assertThatThrownBy(() -> verify(signature))
                .isInstanceOfSatisfying(
                        SigningException.class,
                        refusal -> assertThat(refusal.code())
                                .as(refusal.getMessage())
                                .isEqualTo(code));
    }
}
