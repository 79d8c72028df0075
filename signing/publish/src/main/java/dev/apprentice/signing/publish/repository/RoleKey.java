package dev.apprentice.signing.publish.repository;

import dev.apprentice.signing.publish.SealedFile;
import dev.apprentice.signing.verify.Sha256;
import dev.apprentice.signing.verify.SigningException;
import dev.apprentice.signing.verify.SigningException.Code;
import dev.apprentice.signing.verify.tuf.CanonicalJson;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The Ed25519 key of a TUF role. */
final class RoleKey {
    private static final int RAW_BYTES = 32;

    private final PrivateKey secret;
    private final String publicHex;

    private RoleKey(PrivateKey secret, String publicHex) {
        this.secret = secret;
        this.publicHex = publicHex;
    }

    static RoleKey create() {
        try {
            KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
            byte[] encoded = pair.getPublic().getEncoded();
            // An X.509 encoding of Ed25519 ends in the raw key.
            byte[] raw = Arrays.copyOfRange(encoded, encoded.length - RAW_BYTES, encoded.length);
            return new RoleKey(pair.getPrivate(), HexFormat.of().formatHex(raw));
        } catch (GeneralSecurityException e) {
            throw failed("made", e);
        }
    }

    /** A key as it lies in its file: PKCS#8, and the public key in hex. */
    static RoleKey of(SealedFile sealed) {
        try {
            return new RoleKey(
                    KeyFactory.getInstance("Ed25519").generatePrivate(new PKCS8EncodedKeySpec(sealed.secret())),
                    sealed.publicPart());
        } catch (GeneralSecurityException e) {
            throw failed("read", e);
        }
    }

    String publicHex() {
        return publicHex;
    }

    SealedFile sealed() {
        return new SealedFile(publicHex, secret.getEncoded());
    }

    /** SHA-256 hex of the description's canonical form (TUF, section 4.2). */
    String id() {
        return Sha256.hex(CanonicalJson.encode(description()));
    }

    /** The public key as metadata has it. */
    ObjectNode description() {
        ObjectNode key = JsonNodeFactory.instance.objectNode();
        key.put("keytype", "ed25519")
                .put("scheme", "ed25519")
                .putObject("keyval")
                .put("public", publicHex);
        return key;
    }

    /** Signature in hex. */
    String sign(byte[] content) {
        try {
            Signature signer = Signature.getInstance("Ed25519");
            signer.initSign(secret);
            signer.update(content);
            return HexFormat.of().formatHex(signer.sign());
        } catch (GeneralSecurityException e) {
            throw failed("used", e);
        }
    }

    private static SigningException failed(String what, GeneralSecurityException e) {
        return new SigningException(
                Code.FAILED, "A role's key could not be " + what + " (" + e.getMessage() + "): check the key file", e);
    }
}
