package dev.apprentice.signing.publish;

import dev.apprentice.signing.publish.PublisherKeys.Identity;
import dev.apprentice.signing.verify.SigningException;
import dev.apprentice.signing.verify.SigningException.Code;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x500.style.IETFUtils;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.PKCS10CertificationRequestBuilder;
import org.bouncycastle.pkcs.PKCSException;

/**
 * A publisher's request to an authority (PKCS#10, RFC 2986): one for each of its keys, signed by that key, which proves that the
 * publisher holds it. Of what a request says, only name and key are ever used.
 *
 * @param keys in the order of {@link PublisherKeys#ALGORITHMS}
 */
record CertificateRequest(String name, List<PKCS10CertificationRequest> keys) {
    CertificateRequest {
        keys = List.copyOf(keys);
    }

    /** Writes the requests for a publisher's keys. */
    static String of(PublisherKeys keys, String name) {
        X500Name subject = SubjectName.of(name);
        List<PKCS10CertificationRequest> requests = new ArrayList<>();
        for (Identity identity : keys.identities()) {
            try {
                requests.add(new PKCS10CertificationRequestBuilder(
                                subject, identity.certificate().getSubjectPublicKeyInfo())
                        .build(new JcaContentSignerBuilder(identity.algorithm())
                                .setProvider(new BouncyCastleProvider())
                                .build(identity.key())));
            } catch (OperatorCreationException e) {
                throw new SigningException(Code.FAILED, "The request could not be signed: " + e.getMessage(), e);
            }
        }
        return Pem.text(requests);
    }

    /**
     * Reads what {@link #of} wrote.
     *
     * @throws SigningException if it is not one request for each kind of key, by one name and each signed by its key
     */
    static CertificateRequest read(String pem) {
        List<PKCS10CertificationRequest> read =
                Pem.all(pem, PKCS10CertificationRequest.class, "requests for certificates");
        List<PKCS10CertificationRequest> ordered = new ArrayList<>();
        for (String algorithm : PublisherKeys.ALGORITHMS) {
            read.stream()
                    .filter(request -> PublisherKeys.isOf(algorithm, request.getSubjectPublicKeyInfo()))
                    .forEach(ordered::add);
        }
        if (read.size() != 2
                || ordered.size() != 2
                || PublisherKeys.isOf(
                        PublisherKeys.ALGORITHMS.getFirst(), ordered.getLast().getSubjectPublicKeyInfo())) {
            throw fault("there must be one for an Ed25519 key and one for an ML-DSA-65 key");
        }
        X500Name subject = ordered.getFirst().getSubject();
        for (PKCS10CertificationRequest request : ordered) {
            if (!request.getSubject().equals(subject)) {
                throw fault("one is by '" + subject + "', the other by '" + request.getSubject() + "'");
            }
            requireSignature(request);
        }
        return new CertificateRequest(name(subject), ordered);
    }

    private static String name(X500Name subject) {
        RDN[] names = subject.getRDNs(BCStyle.CN);
        if (subject.getRDNs().length != 1 || names.length != 1 || names[0].isMultiValued()) {
            throw fault("the subject '" + subject + "' is not one common name");
        }
        return IETFUtils.valueToString(names[0].getFirst().getValue());
    }

    private static void requireSignature(PKCS10CertificationRequest request) {
        try {
            if (!request.isSignatureValid(new JcaContentVerifierProviderBuilder()
                    .setProvider(new BouncyCastleProvider())
                    .build(request.getSubjectPublicKeyInfo()))) {
                throw fault("one is not signed by the key that it is for");
            }
        } catch (OperatorCreationException | PKCSException e) {
            throw new SigningException(
                    Code.CERTIFICATE, "A request's signature cannot be checked: have it made again", e);
        }
    }

    private static SigningException fault(String what) {
        return new SigningException(
                Code.CERTIFICATE, "These are not a publisher's requests, " + what + ": have them made by 'key csr'");
    }
}
