package dev.apprentice.signing.publish;

import dev.apprentice.signing.verify.SigningException;
import dev.apprentice.signing.verify.SigningException.Code;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/**
 * AES-256-GCM by a key that Argon2id (RFC 9106) makes of a passphrase. The costs go with what is sealed, so that they can grow.
 *
 * @param memoryKib memory that one guess at the passphrase takes
 * @param passes over that memory
 */
record PassphraseSeal(int memoryKib, int passes, byte[] salt, byte[] nonce) {
    private static final int MEMORY_KIB = 64 * 1024;
    private static final int MOST_MEMORY_KIB = 1024 * 1024;
    private static final int PASSES = 3;
    private static final int MOST_PASSES = 20;
    private static final int SALT_BYTES = 16;
    private static final int NONCE_BYTES = 12;
    private static final int KEY_BYTES = 32;
    private static final int TAG_BITS = 128;

    PassphraseSeal {
        if (memoryKib < 1 || memoryKib > MOST_MEMORY_KIB || passes < 1 || passes > MOST_PASSES) {
            throw new SigningException(
                    Code.STORAGE,
                    "A key file asks for unusual costs of Argon2id: give one made by 'key' or 'repo', unchanged");
        }
    }

    /** Costs of today, with a salt and nonce of their own. */
    static PassphraseSeal fresh() {
        return new PassphraseSeal(MEMORY_KIB, PASSES, random(SALT_BYTES), random(NONCE_BYTES));
    }

    /** Seals a secret together with a text that stays readable. */
    byte[] close(char[] passphrase, String bound, byte[] secret) throws GeneralSecurityException {
        return crypt(Cipher.ENCRYPT_MODE, passphrase, bound, secret);
    }

    /**
     * Opens what {@link #close} sealed.
     *
     * @throws javax.crypto.AEADBadTagException if passphrase or text are not those that it was sealed with
     */
    byte[] open(char[] passphrase, String bound, byte[] sealed) throws GeneralSecurityException {
        return crypt(Cipher.DECRYPT_MODE, passphrase, bound, sealed);
    }

    private byte[] crypt(int mode, char[] passphrase, String bound, byte[] content) throws GeneralSecurityException {
        byte[] key = derive(passphrase);
        try {
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(TAG_BITS, nonce));
            cipher.updateAAD(bound.getBytes(StandardCharsets.UTF_8));
            return cipher.doFinal(content);
        } finally {
            Arrays.fill(key, (byte) 0);
        }
    }

    private byte[] derive(char[] passphrase) {
        Argon2BytesGenerator generator = new Argon2BytesGenerator();
        generator.init(new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
                .withVersion(Argon2Parameters.ARGON2_VERSION_13)
                .withMemoryAsKB(memoryKib)
                .withIterations(passes)
                .withParallelism(1)
                .withSalt(salt)
                .build());
        byte[] key = new byte[KEY_BYTES];
        generator.generateBytes(passphrase, key);
        return key;
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new SecureRandom().nextBytes(bytes);
        return bytes;
    }
}
