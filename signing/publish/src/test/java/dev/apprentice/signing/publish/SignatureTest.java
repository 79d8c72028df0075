package dev.apprentice.signing.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.apprentice.signing.publish.PublisherKeys.Identity;
import dev.apprentice.signing.verify.PackageVerifier;
import dev.apprentice.signing.verify.SigningException;
import dev.apprentice.signing.verify.SigningException.Code;
import dev.apprentice.signing.verify.TrustStore;
import dev.apprentice.signing.verify.VerifiedPackage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Object;
import org.bouncycastle.cms.CMSProcessableByteArray;
import org.bouncycastle.cms.CMSSignedDataGenerator;
import org.bouncycastle.cms.SignerInfoGeneratorBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import org.bouncycastle.util.CollectionStore;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SignatureTest {
    private static final int CASES = Integer.getInteger("apprentice.property.cases", 2000);
    private static final Instant BEGAN = Instant.now().truncatedTo(ChronoUnit.SECONDS); // CMS times are whole seconds
    private static final PublisherKeys KEYS = PublisherKeys.create("Ada's skills");
    private static final PublisherKeys STRANGER = PublisherKeys.create("Ada's skills");
    private static final byte[] FILE = "the content of a skill".repeat(20).getBytes(StandardCharsets.UTF_8);
    private static final byte[] SIGNATURE = PackageSigner.sign(KEYS, FILE);

    @TempDir
    Path folder;

    private TrustStore trust;

    @BeforeEach
    void trustThePublisher() {
        trust = new TrustStore(folder.resolve("trust"));
        trust.add(KEYS.certificatePem());
    }

    @Test
    void signedFileOfTrustedPublisherIsVerified() {
        VerifiedPackage verified = verify(FILE, SIGNATURE);
        assertThat(verified.bytes()).isEqualTo(FILE);
        assertThat(verified.publisher()).isEqualTo("Ada's skills");
        assertThat(verified.fingerprint()).isEqualTo(trust.list().getFirst().fingerprint());
        assertThat(verified.signedAt()).isBetween(BEGAN, Instant.now());
    }

    @Test
    void changedUnsignedAndStrangersFilesAreRefused() {
        byte[] changed = FILE.clone();
        changed[7] ^= 1;
        refused(Code.WRONG_FILE, changed, SIGNATURE);
        refused(Code.WRONG_FILE, Arrays.copyOf(FILE, FILE.length + 1), SIGNATURE);
        refused(Code.UNSIGNED, FILE, new byte[0]);
        refused(Code.UNTRUSTED, FILE, PackageSigner.sign(STRANGER, FILE));
    }

    @Test
    void oneSignerMissingTwiceOrTooManyIsRefused() {
        Identity ed = KEYS.identities().get(0);
        Identity ml = KEYS.identities().get(1);
        refused(Code.MALFORMED, FILE, PackageSigner.sign(List.of(ed), FILE));
        refused(Code.MALFORMED, FILE, PackageSigner.sign(List.of(ml), FILE));
        refused(
                Code.CERTIFICATE,
                FILE,
                PackageSigner.sign(List.of(ed, STRANGER.identities().get(0)), FILE));
        List<Identity> three = new ArrayList<>(KEYS.identities());
        three.add(STRANGER.identities().get(0));
        refused(Code.MALFORMED, FILE, PackageSigner.sign(three, FILE));
    }

    @Test
    void pairOfTwoPublishersIsRefused() {
        List<Identity> mixed =
                List.of(KEYS.identities().get(0), STRANGER.identities().get(1));
        refused(Code.UNTRUSTED, FILE, PackageSigner.sign(mixed, FILE));
        List<Identity> named = List.of(
                KEYS.identities().get(0),
                PublisherKeys.create("Other").identities().get(1));
        refused(Code.CERTIFICATE, FILE, PackageSigner.sign(named, FILE));
    }

    @Test
    void keyOfStrangerUnderTrustedCertificateIsRefused() {
        List<Identity> forged = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            Identity trusted = KEYS.identities().get(i);
            forged.add(new Identity(
                    trusted.algorithm(), STRANGER.identities().get(i).key(), trusted.certificate()));
        }
        refused(Code.WRONG_FILE, FILE, PackageSigner.sign(forged, FILE));
        // Who breaks only one of the two algorithms has gained nothing.
        refused(
                Code.WRONG_FILE,
                FILE,
                PackageSigner.sign(List.of(forged.get(0), KEYS.identities().get(1)), FILE));
        refused(
                Code.WRONG_FILE,
                FILE,
                PackageSigner.sign(List.of(KEYS.identities().get(0), forged.get(1)), FILE));
    }

    @Test
    void certificateOutOfItsTimeIsRefused() {
        Clock past = Clock.fixed(Instant.now().minus(Duration.ofDays(4000)), ZoneOffset.UTC);
        PublisherKeys expired = PublisherKeys.create("Expired", past);
        trust.add(expired.certificatePem());
        refused(Code.CERTIFICATE, FILE, PackageSigner.sign(expired, FILE));
        for (int days : new int[] {-10, 4000}) {
            Clock clock = Clock.fixed(Instant.now().plus(Duration.ofDays(days)), ZoneOffset.UTC);
            assertThatThrownBy(() -> new PackageVerifier(clock).verify(FILE, SIGNATURE, trust))
                    .isInstanceOf(SigningException.class)
                    .hasMessageContaining("valid from");
        }
    }

    @Test
    void signatureWithoutSignedAttributesIsRefused() throws Exception {
        refused(Code.MALFORMED, FILE, generate(true, false).getEncoded(ASN1Encoding.DER));
    }

    @Test
    void attachedContentAndOtherEncodingAreRefused() throws Exception {
        refused(Code.MALFORMED, FILE, generate(false, true).getEncoded(ASN1Encoding.DER));
        refused(Code.MALFORMED, FILE, generate(false, false).getEncoded(ASN1Encoding.BER));
        refused(Code.MALFORMED, FILE, Arrays.copyOf(SIGNATURE, SIGNATURE.length + 1));
        refused(Code.MALFORMED, FILE, new byte[100_000]);
    }

    private static ASN1Object generate(boolean direct, boolean attached) throws Exception {
        BouncyCastleProvider provider = new BouncyCastleProvider();
        CMSSignedDataGenerator generator = new CMSSignedDataGenerator();
        for (Identity identity : KEYS.identities()) {
            SignerInfoGeneratorBuilder builder = new SignerInfoGeneratorBuilder(new JcaDigestCalculatorProviderBuilder()
                    .setProvider(provider)
                    .build());
            builder.setDirectSignature(direct);
            generator.addSignerInfoGenerator(builder.build(
                    new JcaContentSignerBuilder(identity.algorithm())
                            .setProvider(provider)
                            .build(identity.key()),
                    identity.certificate()));
        }
        generator.addCertificates(new CollectionStore<>(
                KEYS.identities().stream().map(Identity::certificate).toList()));
        return generator.generate(new CMSProcessableByteArray(FILE), attached).toASN1Structure();
    }

    @Test
    void randomDamageOfFileOrSignatureIsRefused() {
        IntStream.range(0, CASES).parallel().forEach(this::oneDamageIsRefused);
    }

    private void oneDamageIsRefused(int number) {
        SplittableRandom random = new SplittableRandom(number);
        boolean inFile = random.nextInt(4) == 0;
        int at = random.nextInt(inFile ? FILE.length : SIGNATURE.length);
        byte[] bad = (inFile ? FILE : SIGNATURE).clone();
        if (random.nextInt(5) == 0) {
            bad = Arrays.copyOf(bad, at);
        } else {
            bad[at] ^= (byte) (1 << random.nextInt(8));
        }
        byte[] file = inFile ? bad : FILE;
        byte[] signature = inFile ? SIGNATURE : bad;
        assertThatThrownBy(() -> verify(file, signature), "case %d, byte %d, in the file: %s", number, at, inFile)
                .isInstanceOf(SigningException.class);
    }

    @Test
    void trustStoreTakesOnlyPairsOfCertificates() throws Exception {
        String pem = KEYS.certificatePem();
        assertThat(trust.add(pem)).isEqualTo(trust.list().getFirst());
        String end = "-----END CERTIFICATE-----\n";
        String one = pem.substring(0, pem.indexOf("-----END") + end.length());
        Path keys = folder.resolve("keys.json");
        KEYS.save(keys, "long passphrase".toCharArray());
        for (String bad :
                List.of("", "nonsense", one, pem + one, one + one, Files.readString(keys), "x".repeat(100_000))) {
            assertThatThrownBy(() -> trust.add(bad)).isInstanceOf(SigningException.class);
        }
        assertThat(trust.list()).hasSize(1);
        trust.remove(trust.list().getFirst().fingerprint());
        refused(Code.UNTRUSTED, FILE, SIGNATURE);
        assertThatThrownBy(() -> trust.remove("../../etc/passwd")).isInstanceOf(SigningException.class);
    }

    private VerifiedPackage verify(byte[] file, byte[] signature) {
        return new PackageVerifier(Clock.systemUTC()).verify(file, signature, trust);
    }

    private void refused(Code code, byte[] file, byte[] signature) {
        assertThatThrownBy(() -> verify(file, signature))
                .isInstanceOfSatisfying(
                        SigningException.class,
                        refusal -> assertThat(refusal.code())
                                .as(refusal.getMessage())
                                .isEqualTo(code));
    }
}
