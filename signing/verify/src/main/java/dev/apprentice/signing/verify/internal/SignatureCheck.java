package dev.apprentice.signing.verify.internal;

import dev.apprentice.signing.verify.Sha256;
import dev.apprentice.signing.verify.SigningException;
import dev.apprentice.signing.verify.SigningException.Code;
import dev.apprentice.signing.verify.Trust;
import dev.apprentice.signing.verify.TrustedPublisher;
import dev.apprentice.signing.verify.TrustedPublisher.Kind;
import dev.apprentice.signing.verify.VerifiedPackage;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Set;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.cms.Attribute;
import org.bouncycastle.asn1.cms.CMSAttributes;
import org.bouncycastle.asn1.cms.CMSObjectIdentifiers;
import org.bouncycastle.asn1.cms.ContentInfo;
import org.bouncycastle.asn1.cms.Time;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cms.CMSException;
import org.bouncycastle.cms.CMSProcessableByteArray;
import org.bouncycastle.cms.CMSSignedData;
import org.bouncycastle.cms.CMSSignerDigestMismatchException;
import org.bouncycastle.cms.SignerInformation;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoVerifierBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.OperatorCreationException;

/** One pass over a detached signature, from its outermost structure to the trust in its signer. */
public final class SignatureCheck {
    private static final int LARGEST_SIGNATURE = 64 * 1024;
    private static final Set<ASN1ObjectIdentifier> DIGESTS =
            Set.of(NISTObjectIdentifiers.id_sha256, NISTObjectIdentifiers.id_sha512);
    private static final Set<ASN1ObjectIdentifier> REQUIRED_ATTRIBUTES =
            Set.of(CMSAttributes.contentType, CMSAttributes.messageDigest, CMSAttributes.signingTime);

    private SignatureCheck() {}

    /** Checks everything; returns only if all of it holds. */
    public static VerifiedPackage run(byte[] file, byte[] signature, Trust trust, Instant at)
            throws CMSException, IOException, GeneralSecurityException, OperatorCreationException {
        CMSSignedData signed = parse(file, signature);
        Certificates certificates = Certificates.of(signed.getCertificates().getMatches(null));
        TrustedPublisher publisher = requireTrusted(certificates, trust);
        Set<SignatureAlgorithm> seen = EnumSet.noneOf(SignatureAlgorithm.class);
        Instant signingTime = Instant.MAX;
        for (SignerInformation signer : signed.getSignerInfos()) {
            Instant time = checkSigner(signer, certificates, seen);
            signingTime = time.isBefore(signingTime) ? time : signingTime;
        }
        certificates.requireValidAt(at, "the time of this check");
        return new VerifiedPackage(file, Sha256.digest(file), publisher.name(), publisher.fingerprint(), signingTime);
    }

    /** The certificates of who signed, in a signature that was checked. */
    public static CertificatePair certificates(byte[] signature) {
        try {
            return Certificates.of(
                            parse(new byte[0], signature).getCertificates().getMatches(null))
                    .pair();
        } catch (CMSException | IOException e) {
            throw malformed("cannot be read");
        }
    }

    private static TrustedPublisher requireTrusted(Certificates certificates, Trust trust) {
        TrustedPublisher publisher = certificates.trusted();
        boolean believed = switch (certificates) {
            case Certificates.SelfSigned _ -> believes(trust, publisher.fingerprint(), Kind.PUBLISHER);
            case Certificates.Issued _ ->
                believes(trust, publisher.fingerprint(), Kind.PUBLISHER)
                        || believes(trust, publisher.authority(), Kind.AUTHORITY);
            case Certificates.Authority _ ->
                throw malformed("is by the authority '" + publisher.name() + "', which signs no files");
        };
        if (!believed) {
            throw new SigningException(
                    Code.UNTRUSTED,
                    "The file is signed by '" + publisher.name() + "' (" + publisher.fingerprint()
                            + "), whom this machine does not trust: add that publisher's certificates if you do");
        }
        return publisher;
    }

    private static boolean believes(Trust trust, String fingerprint, Kind kind) {
        return trust.find(fingerprint)
                .filter(known -> known.kind() == kind && known.fingerprint().equals(fingerprint))
                .isPresent();
    }

    /** Takes DER only, so that one signature has one spelling and nothing hides beside it. */
    private static CMSSignedData parse(byte[] file, byte[] signature) throws CMSException, IOException {
        if (signature.length == 0) {
            throw new SigningException(
                    Code.UNSIGNED, "The file has no signature: get the .p7s file that belongs to it");
        }
        if (signature.length > LARGEST_SIGNATURE) {
            throw malformed("has " + signature.length + " bytes, more than two signatures take");
        }
        ContentInfo content = ContentInfo.getInstance(ASN1Primitive.fromByteArray(signature));
        if (!Arrays.equals(content.getEncoded(ASN1Encoding.DER), signature)) {
            throw malformed("is not encoded as DER");
        }
        if (!content.getContentType().equals(CMSObjectIdentifiers.signedData)) {
            throw malformed("is CMS, but no signature");
        }
        CMSSignedData signed = new CMSSignedData(new CMSProcessableByteArray(file), content);
        requireUnsignedFieldsPlain(signed);
        if (!signed.isDetachedSignature()
                || !CMSObjectIdentifiers.data.getId().equals(signed.getSignedContentTypeOID())) {
            throw malformed("is not a detached signature over plain data");
        }
        int signers = signed.getSignerInfos().size();
        int certificates = signed.getCertificates().getMatches(null).size();
        if (signers != 2 || certificates != 2 && certificates != 4) {
            throw malformed(
                    "has " + signers + " signers and " + certificates
                            + " certificates instead of two signers with two certificates, or four if an authority issued them");
        }
        if (!signed.getCRLs().getMatches(null).isEmpty()
                || !signed.getAttributeCertificates().getMatches(null).isEmpty()) {
            throw malformed("carries more than signers and certificates");
        }
        return signed;
    }

    /** What no signature covers must not vary: versions are 1, and the digests announced are those used. */
    private static void requireUnsignedFieldsPlain(CMSSignedData signed) {
        Set<AlgorithmIdentifier> used = new HashSet<>();
        for (SignerInformation signer : signed.getSignerInfos()) {
            used.add(signer.getDigestAlgorithmID());
            if (signer.getVersion() != 1 || signer.getEncryptionAlgParams() != null) {
                throw malformed("has a signer of another version or with parameters");
            }
        }
        if (signed.getVersion() != 1 || !signed.getDigestAlgorithmIDs().equals(used)) {
            throw malformed("is of another version or announces other digests than it uses");
        }
    }

    private static Instant checkSigner(
            SignerInformation signer, Certificates certificates, Set<SignatureAlgorithm> seen)
            throws CMSException, GeneralSecurityException, OperatorCreationException {
        SignatureAlgorithm algorithm = SignatureAlgorithm.of(new ASN1ObjectIdentifier(signer.getEncryptionAlgOID()));
        if (!seen.add(algorithm)) {
            throw malformed("is signed twice with " + algorithm + ", and not with the other algorithm");
        }
        if (!DIGESTS.contains(signer.getDigestAlgorithmID().getAlgorithm())) {
            throw new SigningException(
                    Code.ALGORITHM,
                    "The digest algorithm " + signer.getDigestAlgOID()
                            + " is not accepted: sign with SHA-256 or SHA-512");
        }
        X509CertificateHolder certificate = certificates.pair().get(algorithm);
        if (!signer.getSID().match(certificate)) {
            throw malformed("names for " + algorithm + " a certificate that it does not carry");
        }
        Instant signingTime = checkAttributes(signer);
        certificates.requireValidAt(signingTime, "the signing time");
        try {
            if (!signer.verify(new JcaSimpleSignerInfoVerifierBuilder()
                    .setProvider(new BouncyCastleProvider())
                    .build(certificate))) {
                throw new SigningException(
                        Code.WRONG_FILE,
                        "The " + algorithm + " signature does not hold: get the file and its signature again");
            }
        } catch (CMSSignerDigestMismatchException e) {
            throw new SigningException(
                    Code.WRONG_FILE,
                    "The file is not the one that '" + certificates.pair().name()
                            + "' signed, or was changed since: get it again",
                    e);
        }
        return signingTime;
    }

    /** Content type, digest and signing time, each once; beside them only the RFC 6211 protection of the algorithms. */
    private static Instant checkAttributes(SignerInformation signer) {
        if (signer.getUnsignedAttributes() != null || signer.getSignedAttributes() == null) {
            throw malformed("lacks signed attributes or has unsigned ones");
        }
        Set<ASN1ObjectIdentifier> found = new HashSet<>();
        Attribute[] attributes = signer.getSignedAttributes().toASN1Structure().getAttributes();
        for (Attribute attribute : attributes) {
            if (!found.add(attribute.getAttrType()) || attribute.getAttributeValues().length != 1) {
                throw malformed("repeats the signed attribute " + attribute.getAttrType());
            }
        }
        Set<ASN1ObjectIdentifier> others = new HashSet<>(found);
        others.removeAll(REQUIRED_ATTRIBUTES);
        others.remove(CMSAttributes.cmsAlgorithmProtect);
        if (!found.containsAll(REQUIRED_ATTRIBUTES) || !others.isEmpty()) {
            throw malformed(
                    "has the signed attributes " + found + ", but needs content type, message digest and signing time");
        }
        Attribute time = signer.getSignedAttributes().get(CMSAttributes.signingTime);
        ASN1Encodable value = time.getAttributeValues()[0];
        return Time.getInstance(value).getDate().toInstant();
    }

    private static SigningException malformed(String what) {
        return new SigningException(
                Code.MALFORMED, "The signature " + what + ": get the file and its signature again from the publisher");
    }
}
