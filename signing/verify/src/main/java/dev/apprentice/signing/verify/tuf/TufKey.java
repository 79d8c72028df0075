package dev.apprentice.signing.verify.tuf;

import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;

/**
 * A public key of a role (section 4.2). A key of a kind that is not known here verifies nothing.
 *
 * @param keyid SHA-256 hex of the key's canonical JSON, checked when metadata is read
 * @param value hex of the raw key or point, or PEM, as the scheme has it
 */
public record TufKey(String keyid, String keytype, String scheme, String value) {
    private static final byte[] ED25519_HEAD = HexFormat.of().parseHex("302a300506032b6570032100");
    private static final int LEAST_RSA_BITS = 2048;
    private static final int PSS_SALT_BYTES = 32;
    private static final int P256_BYTES = 32;

    static TufKey read(String keyid, Fields key) {
        String computed = id(key);
        if (!computed.equals(keyid)) {
            throw key.fault("is named by an id that is not its SHA-256, " + computed);
        }
        return new TufKey(
                keyid,
                key.text("keytype"),
                key.text("scheme"),
                key.object("keyval").text("public"));
    }

    private static String id(Fields key) {
        return Hashes.hex("sha256", CanonicalJson.encode(key.node()));
    }

    /** What makes the key itself, so that one key under two ids counts once. */
    String identity() {
        try {
            return HexFormat.of().formatHex(publicKey().getEncoded());
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return keyid;
        }
    }

    /** Whether the signature is this key's over the content; a signature or key that cannot be read is not. */
    public boolean verifies(byte[] content, String signatureHex) {
        try {
            byte[] signature = HexFormat.of().parseHex(signatureHex.toLowerCase(Locale.ROOT));
            Signature verifier = verifier();
            verifier.initVerify(publicKey());
            verifier.update(content);
            return verifier.verify(signature);
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return false;
        }
    }

    private Signature verifier() throws GeneralSecurityException {
        return switch (scheme) {
            case "ed25519" -> Signature.getInstance("Ed25519");
            case "ecdsa-sha2-nistp256" -> Signature.getInstance("SHA256withECDSA");
            case "rsassa-pss-sha256" -> {
                Signature pss = Signature.getInstance("RSASSA-PSS");
                pss.setParameter(new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, PSS_SALT_BYTES, 1));
                yield pss;
            }
            default -> throw new NoSuchAlgorithmException(scheme);
        };
    }

    private PublicKey publicKey() throws GeneralSecurityException {
        return switch (keytype + "/" + scheme) {
            case "ed25519/ed25519" -> ed25519();
            case "ecdsa/ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256/ecdsa-sha2-nistp256" -> p256();
            case "rsa/rsassa-pss-sha256" -> rsa();
            default -> throw new NoSuchAlgorithmException(keytype + "/" + scheme);
        };
    }

    private PublicKey ed25519() throws GeneralSecurityException {
        byte[] raw = HexFormat.of().parseHex(value);
        byte[] encoded = new byte[ED25519_HEAD.length + raw.length];
        System.arraycopy(ED25519_HEAD, 0, encoded, 0, ED25519_HEAD.length);
        System.arraycopy(raw, 0, encoded, ED25519_HEAD.length, raw.length);
        return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded));
    }

    private PublicKey p256() throws GeneralSecurityException {
        AlgorithmParameters curve = AlgorithmParameters.getInstance("EC");
        curve.init(new ECGenParameterSpec("secp256r1"));
        ECParameterSpec p256 = curve.getParameterSpec(ECParameterSpec.class);
        KeyFactory factory = KeyFactory.getInstance("EC");
        if (value.startsWith("04")) {
            byte[] point = HexFormat.of().parseHex(value);
            if (point.length != 1 + 2 * P256_BYTES) {
                throw new IllegalArgumentException("not a point of P-256");
            }
            return factory.generatePublic(new ECPublicKeySpec(
                    new ECPoint(
                            new BigInteger(1, point, 1, P256_BYTES),
                            new BigInteger(1, point, 1 + P256_BYTES, P256_BYTES)),
                    p256));
        }
        ECPublicKey key = (ECPublicKey) factory.generatePublic(pem());
        if (!key.getParams().getCurve().equals(p256.getCurve())
                || !key.getParams().getGenerator().equals(p256.getGenerator())) {
            throw new IllegalArgumentException("a key of another curve than P-256");
        }
        return key;
    }

    private PublicKey rsa() throws GeneralSecurityException {
        RSAPublicKey key = (RSAPublicKey) KeyFactory.getInstance("RSA").generatePublic(pem());
        if (key.getModulus().bitLength() < LEAST_RSA_BITS) {
            throw new IllegalArgumentException("an RSA key of less than " + LEAST_RSA_BITS + " bits");
        }
        return key;
    }

    private X509EncodedKeySpec pem() {
        String body = value.strip()
                .replace("-----BEGIN PUBLIC KEY-----", "")
                .replace("-----END PUBLIC KEY-----", "")
                .replaceAll("\\s", "");
        return new X509EncodedKeySpec(Base64.getDecoder().decode(body));
    }
}
