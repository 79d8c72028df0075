package dev.apprentice.signing.verify.internal;

import dev.apprentice.signing.verify.Sha256;
import dev.apprentice.signing.verify.SigningException;
import dev.apprentice.signing.verify.SigningException.Code;
import dev.apprentice.signing.verify.tuf.StrictJson;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A payload with its signatures (DSSE, version 1).
 *
 * @param signatures by the ids of their keys, which are the SHA-256 hex of the SubjectPublicKeyInfo
 */
public record DsseEnvelope(String payloadType, byte[] payload, Map<String, byte[]> signatures) {
    /** The payload type of in-toto statements. */
    public static final String IN_TOTO = "application/vnd.in-toto+json";

    private static final BouncyCastleProvider PROVIDER = new BouncyCastleProvider();

    /** Reads the JSON of an envelope. */
    public static DsseEnvelope read(byte[] json) {
        JsonNode envelope = StrictJson.parse("The provenance", json);
        Map<String, byte[]> signatures = new HashMap<>();
        for (JsonNode signature : envelope.path("signatures")) {
            signatures.put(
                    signature.path("keyid").asString(""),
                    Base64.getDecoder().decode(signature.path("sig").asString("")));
        }
        return new DsseEnvelope(
                envelope.path("payloadType").asString(""),
                Base64.getDecoder().decode(envelope.path("payload").asString("")),
                signatures);
    }

    /** What is signed: type and payload, each after its length (the specification's pre-authentication encoding). */
    public static byte[] encoded(String payloadType, byte[] payload) {
        byte[] type = payloadType.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(("DSSEv1 " + type.length + " ").getBytes(StandardCharsets.US_ASCII));
        out.writeBytes(type);
        out.writeBytes((" " + payload.length + " ").getBytes(StandardCharsets.US_ASCII));
        out.writeBytes(payload);
        return out.toByteArray();
    }

    /**
     * The payload of an in-toto envelope.
     *
     * @throws SigningException unless both keys of the pair signed it
     */
    public byte[] verify(CertificatePair signers) {
        if (!payloadType.equals(IN_TOTO)) {
            throw refused("holds '" + payloadType + "' instead of an in-toto statement", null);
        }
        byte[] signed = encoded(payloadType, payload);
        for (X509CertificateHolder signer : signers.byAlgorithm().values()) {
            if (!verifies(signer.getSubjectPublicKeyInfo(), signed)) {
                throw refused("is not signed by '" + signers.name() + "' with both keys", null);
            }
        }
        return payload;
    }

    private boolean verifies(SubjectPublicKeyInfo key, byte[] signed) {
        try {
            byte[] signature = signatures.get(Sha256.hex(key.getEncoded()));
            if (signature == null) {
                return false;
            }
            Signature verifier =
                    Signature.getInstance(key.getAlgorithm().getAlgorithm().getId(), PROVIDER);
            verifier.initVerify(BouncyCastleProvider.getPublicKey(key));
            verifier.update(signed);
            return verifier.verify(signature);
        } catch (GeneralSecurityException | IOException e) {
            throw refused("has a signature that cannot be checked", e);
        }
    }

    private static SigningException refused(String what, @Nullable Exception cause) {
        return new SigningException(
                Code.WRONG_FILE, "The provenance " + what + ": get it again from the publisher", cause);
    }
}
