package dev.apprentice.signing.publish;

import dev.apprentice.signing.verify.SigningException;
import dev.apprentice.signing.verify.SigningException.Code;
import java.io.IOException;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cms.CMSException;
import org.bouncycastle.cms.CMSProcessableByteArray;
import org.bouncycastle.cms.CMSSignedDataGenerator;
import org.bouncycastle.cms.SignerInfoGenerator;
import org.bouncycastle.cms.SignerInfoGeneratorBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.DigestCalculatorProvider;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import org.bouncycastle.util.CollectionStore;

/** Signs a whole file as a publisher: detached CMS (RFC 5652) by Ed25519 and ML-DSA-65, with signing time and all certificates. */
public final class PackageSigner {
    private PackageSigner() {}

    /** The signature of the bytes, DER. */
    public static byte[] sign(PublisherKeys keys, byte[] content) {
        return sign(keys.identities(), keys.issuers(), content);
    }

    /** A signature by any identities, so that tests can leave one out. */
    static byte[] sign(List<PublisherKeys.Identity> identities, byte[] content) {
        return sign(identities, List.of(), content);
    }

    /** A signature with further certificates. */
    static byte[] sign(List<PublisherKeys.Identity> identities, List<X509CertificateHolder> issuers, byte[] content) {
        BouncyCastleProvider provider = new BouncyCastleProvider();
        try {
            CMSSignedDataGenerator generator = new CMSSignedDataGenerator();
            DigestCalculatorProvider digests = new JcaDigestCalculatorProviderBuilder()
                    .setProvider(provider)
                    .build();
            for (PublisherKeys.Identity identity : identities) {
                var signer = new JcaContentSignerBuilder(identity.algorithm())
                        .setProvider(provider)
                        .build(identity.key());
                SignerInfoGenerator info =
                        new SignerInfoGeneratorBuilder(digests).build(signer, identity.certificate());
                generator.addSignerInfoGenerator(info);
            }
            generator.addCertificates(new CollectionStore<>(
                    identities.stream().map(PublisherKeys.Identity::certificate).toList()));
            generator.addCertificates(new CollectionStore<>(issuers));
            return generator
                    .generate(new CMSProcessableByteArray(content), false)
                    .toASN1Structure()
                    .getEncoded(ASN1Encoding.DER);
        } catch (CMSException | IOException | OperatorCreationException e) {
            throw new SigningException(Code.FAILED, "The file could not be signed: " + e.getMessage(), e);
        }
    }
}
