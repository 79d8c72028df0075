package dev.apprentice.signing.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.apprentice.signing.publish.PublisherKeys.Identity;
import dev.apprentice.signing.verify.PackageVerifier;
import dev.apprentice.signing.verify.SigningException;
import dev.apprentice.signing.verify.SigningException.Code;
import dev.apprentice.signing.verify.Trust;
import dev.apprentice.signing.verify.TrustStore;
import dev.apprentice.signing.verify.TrustedPublisher;
import dev.apprentice.signing.verify.TrustedPublisher.Kind;
import dev.apprentice.signing.verify.VerifiedPackage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.PKCS10CertificationRequestBuilder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Publishers with certificates of an authority, and those who pretend to have some. */
class CertificateTest {
    private static final Clock CLOCK = Clock.systemUTC();
    private static final Duration YEAR = Duration.ofDays(365);
    private static final byte[] FILE = "the content of a skill".repeat(20).getBytes(StandardCharsets.UTF_8);
    private static final AuthorityKeys AUTHORITY = AuthorityKeys.create("Fair market", "Fair", CLOCK);
    private static final AuthorityKeys STRANGER = AuthorityKeys.create("Fair market", "Fair", CLOCK);
    private static final PublisherKeys KEYS = PublisherKeys.create("Ada");
    private static final PublisherKeys CERTIFIED = certified(KEYS, "Ada", AUTHORITY);

    @TempDir
    Path folder;

    private TrustStore trust;

    @BeforeEach
    void trustTheAuthority() {
        trust = new TrustStore(folder.resolve("trust"));
        trust.add(AUTHORITY.certificatePem());
    }

    private static PublisherKeys certified(PublisherKeys keys, String name, AuthorityKeys authority) {
        return keys.certified(authority.certify(keys.certificateRequest(name), YEAR));
    }

    @Test
    void whomATrustedAuthorityCertifiedIsBelieved() {
        byte[] signature = PackageSigner.sign(CERTIFIED, FILE);
        VerifiedPackage verified = verify(signature);
        assertThat(verified.publisher()).isEqualTo("Ada");
        TrustedPublisher authority = trust.list().getFirst();
        assertThat(authority.kind()).isEqualTo(Kind.AUTHORITY);
        TrustedPublisher publisher = TrustStore.read(CERTIFIED.certificatePem());
        assertThat(publisher.authority()).isEqualTo(authority.fingerprint());
        assertThat(publisher.fingerprint()).isEqualTo(verified.fingerprint()).isNotEqualTo(authority.fingerprint());
        trust.remove(authority.fingerprint());
        refused(Code.UNTRUSTED, signature);
        // Without its authority's certificates the publisher's own pair is still another one.
        trust.add(KEYS.certificatePem());
        refused(Code.UNTRUSTED, signature);
    }

    @Test
    void onePublisherOfAnAuthorityIsTrustedWithoutTheOthers() {
        trust.remove(trust.list().getFirst().fingerprint());
        trust.add(CERTIFIED.certificatePem());
        assertThat(verify(PackageSigner.sign(CERTIFIED, FILE)).publisher()).isEqualTo("Ada");
        refused(Code.UNTRUSTED, PackageSigner.sign(certified(KEYS, "Bob", AUTHORITY), FILE));
        refused(Code.UNTRUSTED, PackageSigner.sign(certified(KEYS, "Ada", STRANGER), FILE));
        Trust bob = Trust.only(TrustStore.read(certified(KEYS, "Bob", AUTHORITY).certificatePem()));
        assertThatThrownBy(() -> new PackageVerifier(CLOCK).verify(FILE, PackageSigner.sign(CERTIFIED, FILE), bob))
                .isInstanceOf(SigningException.class);
    }

    @Test
    void aRenewedCertificateOrKeyIsTheSamePublishers() {
        String fingerprint = TrustStore.read(CERTIFIED.certificatePem()).fingerprint();
        for (PublisherKeys keys : List.of(KEYS, PublisherKeys.create("Ada"))) {
            PublisherKeys renewed = certified(keys, "Ada", AUTHORITY);
            assertThat(renewed.certificatePem()).isNotEqualTo(CERTIFIED.certificatePem());
            assertThat(verify(PackageSigner.sign(renewed, FILE)).fingerprint()).isEqualTo(fingerprint);
        }
    }

    @Test
    void authoritiesAreKeptSealedAndOutliveTheirCertificates() {
        char[] passphrase = "a long passphrase".toCharArray();
        AUTHORITY.save(folder.resolve("ca.json"), passphrase);
        AuthorityKeys loaded = AuthorityKeys.load(folder.resolve("ca.json"), passphrase, CLOCK);
        verify(PackageSigner.sign(certified(KEYS, "Ada", loaded), FILE));
        KEYS.save(folder.resolve("keys.json"), passphrase);
        refused(Code.CERTIFICATE, () -> AuthorityKeys.load(folder.resolve("keys.json"), passphrase, CLOCK));
        refused(Code.CERTIFICATE, () -> AUTHORITY.certify(KEYS.certificateRequest("Ada"), Duration.ofDays(11 * 365)));
    }

    @Test
    void certificatesOfOtherKeysAreRefused() {
        String others = AUTHORITY.certify(PublisherKeys.create("Ada").certificateRequest("Ada"), YEAR);
        refused(Code.CERTIFICATE, () -> KEYS.certified(others));
        refused(Code.CERTIFICATE, () -> KEYS.certified(KEYS.certificatePem()));
        refused(Code.CERTIFICATE, () -> KEYS.certified(AUTHORITY.certificatePem()));
    }

    @Test
    void requestWithoutProofOfItsKeyIsRefused() throws Exception {
        PublisherKeys thief = PublisherKeys.create("Ada");
        List<PKCS10CertificationRequest> good =
                Pem.all(KEYS.certificateRequest("Ada"), PKCS10CertificationRequest.class, "requests");
        for (int place = 0; place < 2; place++) {
            List<PKCS10CertificationRequest> forged = new ArrayList<>(good);
            forged.set(
                    place,
                    request(KEYS.identities().get(place), thief.identities().get(place), "Ada"));
            refused(Code.CERTIFICATE, () -> AUTHORITY.certify(Pem.text(forged), YEAR));
        }
    }

    /** A request for the key of one, signed by the key of another. */
    private static PKCS10CertificationRequest request(Identity asked, Identity signs, String name) throws Exception {
        return new PKCS10CertificationRequestBuilder(
                        new X500Name("CN=" + name), asked.certificate().getSubjectPublicKeyInfo())
                .build(new JcaContentSignerBuilder(signs.algorithm())
                        .setProvider(new BouncyCastleProvider())
                        .build(signs.key()));
    }

    @Test
    void requestsThatAreNoPairOfOnePublisherAreRefused() throws Exception {
        List<PKCS10CertificationRequest> good =
                Pem.all(KEYS.certificateRequest("Ada"), PKCS10CertificationRequest.class, "requests");
        Identity second = KEYS.identities().get(1);
        for (List<PKCS10CertificationRequest> bad : List.of(
                List.of(good.get(0)),
                List.of(good.get(0), good.get(0)),
                List.of(good.get(0), good.get(1), good.get(1)),
                List.of(good.get(0), request(second, second, "Bob")),
                List.of(good.get(0), request(second, second, "Ada,O=Fair")))) {
            refused(Code.CERTIFICATE, () -> AUTHORITY.certify(Pem.text(bad), YEAR));
        }
        for (String name : List.of("", "Ada\u001b[2J", "x".repeat(200), "Ada, O=Other")) {
            refused(Code.CERTIFICATE, () -> certified(KEYS, name, AUTHORITY));
        }
        refused(Code.CERTIFICATE, () -> AUTHORITY.certify(KEYS.certificatePem(), YEAR));
        refused(Code.CERTIFICATE, () -> AUTHORITY.certify("nonsense", YEAR));
        String inOtherOrder = Pem.text(List.of(good.get(1), good.get(0)));
        verify(PackageSigner.sign(KEYS.certified(AUTHORITY.certify(inOtherOrder, YEAR)), FILE));
    }

    @Test
    void expiredCertificateIsRefused() {
        Clock past = Clock.fixed(Instant.now().minus(Duration.ofDays(40)), ZoneOffset.UTC);
        AuthorityKeys old = AuthorityKeys.create("Old market", "Old", past);
        PublisherKeys expired = KEYS.certified(old.certify(KEYS.certificateRequest("Ada"), Duration.ofDays(30)));
        trust.add(old.certificatePem());
        refused(Code.CERTIFICATE, PackageSigner.sign(expired, FILE));
        Clock later = Clock.fixed(Instant.now().plus(Duration.ofDays(400)), ZoneOffset.UTC);
        byte[] signature = PackageSigner.sign(CERTIFIED, FILE);
        assertThatThrownBy(() -> new PackageVerifier(later).verify(FILE, signature, trust))
                .isInstanceOf(SigningException.class)
                .hasMessageContaining("valid from");
    }

    @Test
    void certificateForAnotherPurposeIsRefused() {
        refused(Code.CERTIFICATE, sign(issue("O=Fair,CN=Ada", template -> withUsage(template))));
        refused(
                Code.CERTIFICATE,
                sign(issue(
                        "O=Fair,CN=Ada",
                        template -> withUsage(template)
                                .withExtension(
                                        Extension.extendedKeyUsage,
                                        new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth)))));
        refused(
                Code.CERTIFICATE,
                sign(issue(
                        "O=Fair,CN=Ada",
                        template -> withUsage(template)
                                .withExtension(Extension.extendedKeyUsage, new ExtendedKeyUsage(new KeyPurposeId[] {
                                    KeyPurposeId.id_kp_codeSigning, KeyPurposeId.anyExtendedKeyUsage
                                })))));
        refused(
                Code.CERTIFICATE,
                sign(issue(
                        "O=Fair,CN=Ada",
                        template -> forCode(
                                template.withExtension(Extension.keyUsage, new KeyUsage(KeyUsage.keyEncipherment))))));
        // The same with nothing amiss, so that the refusals above are for what they say.
        verify(sign(issue("O=Fair,CN=Ada", template -> forCode(withUsage(template)))));
    }

    @Test
    void nameOutsideOfTheAuthoritysConstraintsIsRefused() {
        for (String name : List.of("O=Other,CN=Ada", "CN=Ada", "CN=Ada,O=Fair")) {
            refused(Code.CERTIFICATE, sign(issue(name, template -> forCode(withUsage(template)))));
        }
    }

    @Test
    void criticalExtensionThatIsNotUnderstoodIsRefused() {
        ASN1ObjectIdentifier unknown = new ASN1ObjectIdentifier("1.3.6.1.4.1.99999.1");
        refused(
                Code.CERTIFICATE,
                sign(issue(
                        "O=Fair,CN=Ada",
                        template -> forCode(withUsage(template)).withExtension(unknown, DERNull.INSTANCE))));
    }

    @Test
    void publishersCertificateThatIssuesOthersIsRefused() {
        List<Identity> evil =
                issueBy(CERTIFIED.identities(), "O=Fair,CN=Mallory", template -> forCode(withUsage(template)));
        List<X509CertificateHolder> ada = holders(CERTIFIED.identities());
        List<X509CertificateHolder> all = new ArrayList<>(ada);
        all.addAll(holders(AUTHORITY.identities()));
        refused(Code.CERTIFICATE, PackageSigner.sign(evil, ada, FILE));
        refused(Code.MALFORMED, PackageSigner.sign(evil, all, FILE));
        refused(Code.CERTIFICATE, PackageSigner.sign(evil, holders(AUTHORITY.identities()), FILE));
    }

    @Test
    void authorityUnderAnAuthorityIsRefused() {
        List<Identity> lower = issueBy(
                AUTHORITY.identities(),
                "O=Fair,CN=Lower",
                template -> template.withExtension(Extension.basicConstraints, new BasicConstraints(true))
                        .withExtension(Extension.keyUsage, new KeyUsage(KeyUsage.keyCertSign)));
        List<Identity> evil = issueBy(lower, "O=Fair,CN=Mallory", template -> forCode(withUsage(template)));
        refused(Code.CERTIFICATE, PackageSigner.sign(evil, holders(lower), FILE));
        refused(Code.CERTIFICATE, () -> trust.add(Pem.text(holders(lower))));
    }

    @Test
    void chainToAStrangersAuthorityIsRefused() {
        refused(Code.UNTRUSTED, PackageSigner.sign(certified(KEYS, "Ada", STRANGER), FILE));
        List<Identity> strangers =
                issueBy(STRANGER.identities(), "O=Fair,CN=Ada", template -> forCode(withUsage(template)));
        // Under the trusted authority's certificates, which have the same name.
        refused(Code.CERTIFICATE, PackageSigner.sign(strangers, holders(AUTHORITY.identities()), FILE));
        List<Identity> good = issue("O=Fair,CN=Ada", template -> forCode(withUsage(template)));
        for (int place = 0; place < 2; place++) {
            List<Identity> mixed = new ArrayList<>(good);
            mixed.set(place, strangers.get(place));
            refused(Code.CERTIFICATE, PackageSigner.sign(mixed, holders(AUTHORITY.identities()), FILE));
        }
    }

    @Test
    void authorityItselfSignsNothing() {
        refused(Code.MALFORMED, PackageSigner.sign(AUTHORITY.identities(), FILE));
        assertThatThrownBy(
                        () -> verify(PackageSigner.sign(AUTHORITY.identities(), holders(CERTIFIED.identities()), FILE)))
                .isInstanceOf(SigningException.class);
    }

    private static List<Identity> issue(String subject, UnaryOperator<CertificateTemplate> shape) {
        return issueBy(AUTHORITY.identities(), subject, shape);
    }

    private static List<Identity> issueBy(
            List<Identity> authority, String subject, UnaryOperator<CertificateTemplate> shape) {
        List<Identity> issued = new ArrayList<>();
        for (Identity issuer : authority) {
            KeyPair pair = PublisherKeys.keyPair(issuer.algorithm());
            CertificateTemplate template = new CertificateTemplate(
                            new X500Name(subject),
                            SubjectPublicKeyInfo.getInstance(pair.getPublic().getEncoded()))
                    .validFrom(Instant.now(), YEAR);
            issued.add(new Identity(
                    issuer.algorithm(),
                    pair.getPrivate(),
                    shape.apply(template)
                            .signedBy(issuer.certificate().getSubject(), issuer.algorithm(), issuer.key())));
        }
        return issued;
    }

    private static CertificateTemplate withUsage(CertificateTemplate template) {
        return template.withExtension(Extension.keyUsage, new KeyUsage(KeyUsage.digitalSignature));
    }

    private static CertificateTemplate forCode(CertificateTemplate template) {
        return template.withExtension(Extension.extendedKeyUsage, new ExtendedKeyUsage(KeyPurposeId.id_kp_codeSigning));
    }

    private static byte[] sign(List<Identity> identities) {
        return PackageSigner.sign(identities, holders(AUTHORITY.identities()), FILE);
    }

    private static List<X509CertificateHolder> holders(List<Identity> identities) {
        return identities.stream().map(Identity::certificate).toList();
    }

    private VerifiedPackage verify(byte[] signature) {
        return new PackageVerifier(CLOCK).verify(FILE, signature, trust);
    }

    private void refused(Code code, byte[] signature) {
        refused(code, () -> verify(signature));
    }

    private static void refused(Code code, Runnable work) {
        assertThatThrownBy(work::run)
                .isInstanceOfSatisfying(
                        SigningException.class,
                        refusal -> assertThat(refusal.code())
                                .as(refusal.getMessage())
                                .isEqualTo(code));
    }
}
