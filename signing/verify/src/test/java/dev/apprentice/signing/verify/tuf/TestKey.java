package dev.apprentice.signing.verify.tuf;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** A key pair of a role, with its public half as metadata has it. */
record TestKey(KeyPair pair, ObjectNode description) {

    static TestKey ed25519() {
        return create("ed25519", "ed25519");
    }

    static TestKey create(String keytype, String scheme) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(
                    switch (keytype) {
                        case "ecdsa" -> "EC";
                        case "rsa" -> "RSA";
                        default -> "Ed25519";
                    });
            if (keytype.equals("ecdsa")) {
                generator.initialize(new ECGenParameterSpec("secp256r1"));
            }
            KeyPair pair = generator.generateKeyPair();
            byte[] encoded = pair.getPublic().getEncoded();
            String value = keytype.equals("ed25519")
                    ? HexFormat.of().formatHex(Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length))
                    : "-----BEGIN PUBLIC KEY-----\n" + Base64.getMimeEncoder().encodeToString(encoded)
                            + "\n-----END PUBLIC KEY-----\n";
            ObjectNode description = JsonNodeFactory.instance.objectNode();
            description
                    .put("keytype", keytype)
                    .put("scheme", scheme)
                    .putObject("keyval")
                    .put("public", value);
            return new TestKey(pair, description);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    String id() {
        return Hashes.hex("sha256", CanonicalJson.encode(description));
    }

    String sign(byte[] content) {
        try {
            Signature signature = Signature.getInstance(
                    switch (description.path("scheme").stringValue()) {
                        case "ed25519" -> "Ed25519";
                        case "ecdsa-sha2-nistp256" -> "SHA256withECDSA";
                        default -> "RSASSA-PSS";
                    });
            if (signature.getAlgorithm().equals("RSASSA-PSS")) {
                signature.setParameter(new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1));
            }
            signature.initSign(pair.getPrivate());
            signature.update(content);
            return HexFormat.of().formatHex(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
