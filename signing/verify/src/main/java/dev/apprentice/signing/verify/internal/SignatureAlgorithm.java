package dev.apprentice.signing.verify.internal;

import dev.apprentice.signing.verify.SigningException;
import java.util.Arrays;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;

/** The two algorithms every file is signed with; key and signature have the same identifier in both. */
enum SignatureAlgorithm {
    ED25519(EdECObjectIdentifiers.id_Ed25519),
    ML_DSA_65(NISTObjectIdentifiers.id_ml_dsa_65);

    private final ASN1ObjectIdentifier identifier;

    SignatureAlgorithm(ASN1ObjectIdentifier identifier) {
        this.identifier = identifier;
    }

    static SignatureAlgorithm of(ASN1ObjectIdentifier identifier) {
        return Arrays.stream(values())
                .filter(algorithm -> algorithm.identifier.equals(identifier))
                .findFirst()
                .orElseThrow(() -> new SigningException(
                        SigningException.Code.ALGORITHM,
                        "The algorithm " + identifier + " is not accepted: sign with Ed25519 and ML-DSA-65"));
    }
}
