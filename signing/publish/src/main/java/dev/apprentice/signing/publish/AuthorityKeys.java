package dev.apprentice.signing.publish;

import dev.apprentice.signing.publish.PublisherKeys.Identity;
import dev.apprentice.signing.verify.SigningException;
import dev.apprentice.signing.verify.SigningException.Code;
import dev.apprentice.signing.verify.TrustStore;
import dev.apprentice.signing.verify.TrustedPublisher.Kind;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x500.style.IETFUtils;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;

/**
 * A small authority, of a marketplace or of one's own: it issues certificates to publishers, and to no further authority. Its own
 * certificates confine it to names of its organization and to code signing (RFC 5280).
 */
public final class AuthorityKeys {
    private static final Duration LIFE = Duration.ofDays(10 * 365);

    private final PublisherKeys keys;
    private final Clock clock;

    private AuthorityKeys(PublisherKeys keys, Clock clock) {
        this.keys = keys;
        this.clock = clock;
    }

    /**
     * Makes an authority, valid for ten years.
     *
     * @param organization what the names of all its publishers begin with
     */
    public static AuthorityKeys create(String name, String organization, Clock clock) {
        X500Name subject = SubjectName.of(organization, name);
        List<Identity> identities = new ArrayList<>();
        for (String algorithm : PublisherKeys.ALGORITHMS) {
            KeyPair pair = PublisherKeys.keyPair(algorithm);
            X509CertificateHolder certificate = new CertificateTemplate(
                            subject,
                            SubjectPublicKeyInfo.getInstance(pair.getPublic().getEncoded()))
                    .validFrom(clock.instant(), LIFE)
                    .withExtension(Extension.basicConstraints, new BasicConstraints(0))
                    .withExtension(Extension.keyUsage, new KeyUsage(KeyUsage.keyCertSign))
                    .withExtension(Extension.extendedKeyUsage, new ExtendedKeyUsage(KeyPurposeId.id_kp_codeSigning))
                    .withExtension(
                            Extension.nameConstraints,
                            new NameConstraints(
                                    new GeneralSubtree[] {
                                        new GeneralSubtree(new GeneralName(SubjectName.organization(organization)))
                                    },
                                    null))
                    .signedBy(subject, algorithm, pair.getPrivate());
            identities.add(new Identity(algorithm, pair.getPrivate(), certificate));
        }
        return new AuthorityKeys(new PublisherKeys(identities), clock);
    }

    /** Reads what {@link #save} wrote. */
    public static AuthorityKeys load(Path file, char[] passphrase, Clock clock) {
        PublisherKeys keys = PublisherKeys.load(file, passphrase);
        if (TrustStore.read(keys.certificatePem()).kind() != Kind.AUTHORITY) {
            throw new SigningException(
                    Code.CERTIFICATE, file + " holds the keys of a publisher: give what 'key ca' made");
        }
        return new AuthorityKeys(keys, clock);
    }

    /** Writes the keys, encrypted, to a new file that only its owner can read. */
    public void save(Path file, char[] passphrase) {
        keys.save(file, passphrase);
    }

    List<Identity> identities() {
        return keys.identities();
    }

    /** Both certificates as PEM: what others need to trust this authority. */
    public String certificatePem() {
        return keys.certificatePem();
    }

    /**
     * Issues certificates for a publisher's request.
     *
     * @param life how long they are valid; no longer than the authority's own
     * @return the publisher's certificates and the authority's, as PEM
     * @throws SigningException if the request does not prove that its publisher holds the keys
     */
    public String certify(String requestPem, Duration life) {
        CertificateRequest request = CertificateRequest.read(requestPem);
        Instant now = clock.instant();
        if (now.plus(life).isAfter(TrustStore.read(certificatePem()).notAfter())) {
            throw new SigningException(
                    Code.CERTIFICATE,
                    "The authority's own certificates expire before " + now.plus(life) + ": choose a shorter time");
        }
        List<X509CertificateHolder> chain = new ArrayList<>();
        for (int i = 0; i < keys.identities().size(); i++) {
            chain.add(issue(keys.identities().get(i), request.keys().get(i), request.name(), now, life));
        }
        keys.identities().forEach(identity -> chain.add(identity.certificate()));
        String pem = Pem.text(chain);
        // What a verifier would not believe is not given out.
        TrustStore.read(pem);
        return pem;
    }

    private static X509CertificateHolder issue(
            Identity authority, PKCS10CertificationRequest request, String name, Instant now, Duration life) {
        X500Name issuer = authority.certificate().getSubject();
        RDN organization = issuer.getRDNs(BCStyle.O)[0];
        X500Name subject =
                SubjectName.of(IETFUtils.valueToString(organization.getFirst().getValue()), name);
        return new CertificateTemplate(subject, request.getSubjectPublicKeyInfo())
                .validFrom(now, life)
                .withExtension(Extension.basicConstraints, new BasicConstraints(false))
                .withExtension(Extension.keyUsage, new KeyUsage(KeyUsage.digitalSignature))
                .withExtension(Extension.extendedKeyUsage, new ExtendedKeyUsage(KeyPurposeId.id_kp_codeSigning))
                .signedBy(issuer, authority.algorithm(), authority.key());
    }
}
