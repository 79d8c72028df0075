package dev.apprentice.signing.publish.repository;

import dev.apprentice.signing.publish.KeyFile;
import dev.apprentice.signing.verify.SigningException;
import dev.apprentice.signing.verify.SigningException.Code;
import dev.apprentice.signing.verify.tuf.StrictJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A role's key at rest: PKCS#8 under AES-256-GCM, by a key that Argon2id (RFC 9106) makes of a passphrase. The costs are in the
 * file, so that they can grow.
 */
final class SealedKeyFile {
    private static final int MEMORY_KIB = 64 * 1024;
    private static final int MOST_MEMORY_KIB = 1024 * 1024;
    private static final int PASSES = 3;
    private static final int MOST_PASSES = 20;
    private static final int SALT_BYTES = 16;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;
    private static final int SHORTEST_PASSPHRASE = 8;

    private SealedKeyFile() {}

    /** Writes a new file that only its owner can read; refuses to replace one. */
    static void save(RoleKey key, Path file, char[] passphrase) {
        if (passphrase.length < SHORTEST_PASSPHRASE) {
            throw new SigningException(
                    Code.STORAGE,
                    "The passphrase has less than " + SHORTEST_PASSPHRASE + " characters: choose a longer one");
        }
        byte[] salt = random(SALT_BYTES);
        byte[] nonce = random(NONCE_BYTES);
        ObjectNode json = JsonMapper.shared().createObjectNode();
        json.put("public", key.publicHex());
        json.putObject("argon2id")
                .put("memoryKiB", MEMORY_KIB)
                .put("passes", PASSES)
                .put("salt", HexFormat.of().formatHex(salt));
        ObjectNode sealed =
                json.putObject("aes256gcm").put("nonce", HexFormat.of().formatHex(nonce));
        try {
            byte[] secret = crypt(
                    Cipher.ENCRYPT_MODE,
                    derive(passphrase, salt, MEMORY_KIB, PASSES),
                    nonce,
                    key.publicHex(),
                    key.pkcs8());
            sealed.put("sealed", HexFormat.of().formatHex(secret));
            Files.createDirectories(file.resolveSibling(""));
            KeyFile.createPrivate(file);
            Files.write(
                    file,
                    JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsBytes(json),
                    StandardOpenOption.TRUNCATE_EXISTING);
        } catch (FileAlreadyExistsException e) {
            throw new SigningException(
                    Code.STORAGE, file + " exists already: choose another folder, keys are never overwritten", e);
        } catch (IOException | GeneralSecurityException e) {
            throw new SigningException(
                    Code.STORAGE, file + " cannot be written: check the folder and its permissions", e);
        }
    }

    static RoleKey load(Path file, char[] passphrase) {
        try {
            JsonNode json = StrictJson.parse("The key file " + file, Files.readAllBytes(file));
            int memory = json.at("/argon2id/memoryKiB").asInt(0);
            int passes = json.at("/argon2id/passes").asInt(0);
            if (memory < 1 || memory > MOST_MEMORY_KIB || passes < 1 || passes > MOST_PASSES) {
                throw new SigningException(
                        Code.STORAGE, file + " asks for unusual costs of Argon2id: give a file made by 'repo'");
            }
            byte[] salt = HexFormat.of().parseHex(json.at("/argon2id/salt").asString(""));
            String publicHex = json.path("public").asString("");
            byte[] pkcs8 = crypt(
                    Cipher.DECRYPT_MODE,
                    derive(passphrase, salt, memory, passes),
                    HexFormat.of().parseHex(json.at("/aes256gcm/nonce").asString("")),
                    publicHex,
                    HexFormat.of().parseHex(json.at("/aes256gcm/sealed").asString("")));
            return RoleKey.of(publicHex, pkcs8);
        } catch (IOException e) {
            throw new SigningException(
                    Code.STORAGE, "The key file " + file + " cannot be read: bring the medium that holds it", e);
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new SigningException(Code.STORAGE, "The key in " + file + " does not open: check the passphrase", e);
        }
    }

    private static byte[] derive(char[] passphrase, byte[] salt, int memory, int passes) {
        Argon2BytesGenerator generator = new Argon2BytesGenerator();
        generator.init(new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
                .withVersion(Argon2Parameters.ARGON2_VERSION_13)
                .withMemoryAsKB(memory)
                .withIterations(passes)
                .withParallelism(1)
                .withSalt(salt)
                .build());
        byte[] key = new byte[32];
        generator.generateBytes(passphrase, key);
        return key;
    }

    private static byte[] crypt(int mode, byte[] key, byte[] nonce, String publicHex, byte[] content)
            throws GeneralSecurityException {
        try {
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(TAG_BITS, nonce));
            cipher.updateAAD(publicHex.getBytes(StandardCharsets.US_ASCII));
            return cipher.doFinal(content);
        } finally {
            Arrays.fill(key, (byte) 0);
        }
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new SecureRandom().nextBytes(bytes);
        return bytes;
    }
}
