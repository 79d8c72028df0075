package dev.apprentice.signing.publish;

import dev.apprentice.signing.verify.SigningException;
import dev.apprentice.signing.verify.SigningException.Code;
import dev.apprentice.signing.verify.tuf.StrictJson;
import dev.apprentice.signing.verify.tuf.TufException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import javax.crypto.AEADBadTagException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Secret keys at rest with what is public of them, under a {@link PassphraseSeal}; only the file's owner can read it.
 *
 * @param publicPart readable without the passphrase, but bound to the secret
 */
public record SealedFile(String publicPart, byte[] secret) {
    private static final int SHORTEST_PASSPHRASE = 8;

    /**
     * Writes a new file.
     *
     * @throws SigningException if there is one already: keys are never overwritten
     */
    public void save(Path file, char[] passphrase) {
        byte[] content = seal(passphrase);
        try {
            Files.createDirectories(file.toAbsolutePath().resolveSibling(""));
            writePrivate(file, content);
        } catch (FileAlreadyExistsException e) {
            throw new SigningException(
                    Code.STORAGE, file + " exists already: choose another name, keys are never overwritten", e);
        } catch (IOException e) {
            throw unwritten(file, e);
        }
    }

    /** Puts this in the place of a file, whole or not at all. */
    public void replace(Path file, char[] passphrase) {
        byte[] content = seal(passphrase);
        Path fresh = Path.of(file + ".new");
        try {
            Files.deleteIfExists(fresh);
            writePrivate(fresh, content);
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw unwritten(file, e);
        }
    }

    /** Reads what was written. */
    public static SealedFile load(Path file, char[] passphrase) {
        try {
            JsonNode json = StrictJson.parse("The key file " + file, Files.readAllBytes(file));
            PassphraseSeal seal = new PassphraseSeal(
                    json.at("/argon2id/memoryKiB").asInt(0),
                    json.at("/argon2id/passes").asInt(0),
                    HexFormat.of().parseHex(json.at("/argon2id/salt").asString("")),
                    HexFormat.of().parseHex(json.at("/aes256gcm/nonce").asString("")));
            String publicPart = json.path("public").asString("");
            byte[] sealed = HexFormat.of().parseHex(json.at("/aes256gcm/sealed").asString(""));
            return new SealedFile(publicPart, seal.open(passphrase, publicPart, sealed));
        } catch (IOException e) {
            throw new SigningException(
                    Code.STORAGE, "The key file " + file + " cannot be read: bring the medium that holds it", e);
        } catch (AEADBadTagException e) {
            throw new SigningException(
                    Code.STORAGE,
                    "The keys in " + file + " do not open: check the passphrase; if it is right, the file was changed,"
                            + " and a copy of it is needed",
                    e);
        } catch (TufException | GeneralSecurityException | IllegalArgumentException e) {
            throw new SigningException(
                    Code.STORAGE,
                    "The key file " + file + " is damaged or no key file (" + e.getMessage()
                            + "): give one made by 'key' or 'repo'",
                    e);
        }
    }

    private byte[] seal(char[] passphrase) {
        if (passphrase.length < SHORTEST_PASSPHRASE) {
            throw new SigningException(
                    Code.STORAGE,
                    "The passphrase has less than " + SHORTEST_PASSPHRASE + " characters: choose a longer one");
        }
        PassphraseSeal seal = PassphraseSeal.fresh();
        ObjectNode json = JsonMapper.shared().createObjectNode();
        json.put("public", publicPart);
        json.putObject("argon2id")
                .put("memoryKiB", seal.memoryKib())
                .put("passes", seal.passes())
                .put("salt", HexFormat.of().formatHex(seal.salt()));
        try {
            json.putObject("aes256gcm")
                    .put("nonce", HexFormat.of().formatHex(seal.nonce()))
                    .put("sealed", HexFormat.of().formatHex(seal.close(passphrase, publicPart, secret)));
        } catch (GeneralSecurityException e) {
            throw new SigningException(Code.FAILED, "The keys could not be sealed (" + e.getMessage() + ")", e);
        }
        return JsonMapper.shared()
                .writerWithDefaultPrettyPrinter()
                .writeValueAsString(json)
                .getBytes(StandardCharsets.UTF_8);
    }

    private static void writePrivate(Path file, byte[] content) throws IOException {
        if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        } else {
            Files.createFile(file);
        }
        Files.write(file, content, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.SYNC);
    }

    private static SigningException unwritten(Path file, IOException e) {
        return new SigningException(
                Code.STORAGE, file + " cannot be written: check the folder, its permissions and space", e);
    }
}
