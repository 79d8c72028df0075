package dev.apprentice.signing.verify;

import dev.apprentice.signing.verify.SigningException.Code;
import dev.apprentice.signing.verify.internal.DsseEnvelope;
import dev.apprentice.signing.verify.internal.SignatureCheck;
import dev.apprentice.signing.verify.tuf.StrictJson;
import dev.apprentice.signing.verify.tuf.TufException;
import java.util.HashSet;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * Where a file comes from, as its publisher says: an in-toto statement (version 1) with SLSA provenance (version 1) in a DSSE
 * envelope, signed by the same two keys as the file.
 */
public final class Provenance {
    /** What follows a file's name in the name of its provenance. */
    public static final String ENDING = ".provenance.json";
    /** What follows a file's name in the name of its bill of materials. */
    public static final String SBOM_ENDING = ".cdx.json";
    /** Most bytes of either. */
    public static final int LARGEST = 1 << 20;

    /** The payload type of its envelope. */
    public static final String PAYLOAD_TYPE = DsseEnvelope.IN_TOTO;

    public static final String STATEMENT = "https://in-toto.io/Statement/v1";
    public static final String PREDICATE = "https://slsa.dev/provenance/v1";

    private final Set<String> subjects;

    private Provenance(Set<String> subjects) {
        this.subjects = subjects;
    }

    /** What its publisher signs of a statement. */
    public static byte[] toSign(byte[] statement) {
        return DsseEnvelope.encoded(PAYLOAD_TYPE, statement);
    }

    /**
     * Verifies a statement about a file. Whether the file's signer is trusted is for {@link PackageVerifier} to say.
     *
     * @param envelope the statement as it was signed
     * @param file what it must be about
     * @param signature of the file, which holds the certificates of those who must have signed the statement
     * @throws SigningException if it is another's statement, or about another file
     */
    public static Provenance verify(byte[] envelope, byte[] file, byte[] signature) {
        try {
            JsonNode statement = statement(envelope, signature);
            Provenance provenance = new Provenance(subjects(statement));
            if (!provenance.covers(file)) {
                throw refused("is about another file");
            }
            return provenance;
        } catch (SigningException refusal) {
            throw refusal;
        } catch (TufException refusal) {
            throw new SigningException(Code.MALFORMED, String.valueOf(refusal.getMessage()), refusal);
        } catch (RuntimeException e) {
            throw new SigningException(
                    Code.MALFORMED, "The provenance cannot be read (" + e + "): get it again from the publisher", e);
        }
    }

    private static JsonNode statement(byte[] envelope, byte[] signature) {
        if (envelope.length > LARGEST) {
            throw refused("has " + envelope.length + " bytes, more than any");
        }
        byte[] payload = DsseEnvelope.read(envelope).verify(SignatureCheck.certificates(signature));
        JsonNode statement = StrictJson.parse("The provenance", payload);
        if (!STATEMENT.equals(statement.path("_type").asString(""))
                || !PREDICATE.equals(statement.path("predicateType").asString(""))) {
            throw refused("is no in-toto statement with SLSA provenance, both of version 1");
        }
        return statement;
    }

    private static Set<String> subjects(JsonNode statement) {
        Set<String> digests = new HashSet<>();
        for (JsonNode subject : statement.path("subject")) {
            digests.add(subject.path("digest").path("sha256").asString(""));
        }
        return digests;
    }

    /** Whether it is about this content, too. */
    public boolean covers(byte[] content) {
        return subjects.contains(Sha256.hex(content));
    }

    private static SigningException refused(String what) {
        return new SigningException(
                Code.WRONG_FILE, "The provenance " + what + ": get the file and its provenance again");
    }
}
