package dev.apprentice.signing.publish;

import dev.apprentice.signing.publish.PublisherKeys.Identity;
import dev.apprentice.signing.verify.Provenance;
import dev.apprentice.signing.verify.Sha256;
import dev.apprentice.signing.verify.SigningException;
import dev.apprentice.signing.verify.SigningException.Code;
import dev.apprentice.signing.verify.StrictZip;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.util.Base64;
import java.util.Optional;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What stands beside a skill's jar for those who want to know where it comes from and what is in it. Both depend on the jar and the
 * keys alone, so that whoever signs the same jar again gets the same.
 *
 * @param provenance an in-toto statement with SLSA provenance, in a DSSE envelope
 * @param sbom a CycloneDX 1.6 bill of materials, which the statement covers too
 */
public record SkillEvidence(byte[] provenance, byte[] sbom) {
    private static final String BUILD_TYPE = "urn:apprentice:skill-jar:1";

    /** Describes a jar as its publisher. */
    public static SkillEvidence of(PublisherKeys keys, byte[] jar) {
        StrictZip archive = StrictZip.read(jar);
        SkillBom bom = SkillBom.of(archive, jar);
        byte[] sbom = bom.json();
        byte[] statement = JsonMapper.shared().writeValueAsBytes(statement(bom, jar, sbom, keys));
        return new SkillEvidence(envelope(keys, statement), sbom);
    }

    private static ObjectNode statement(SkillBom bom, byte[] jar, byte[] sbom, PublisherKeys keys) {
        String name = bom.id() + "-" + bom.version() + ".jar";
        ObjectNode statement = JsonMapper.shared().createObjectNode();
        statement.put("_type", Provenance.STATEMENT);
        ArrayNode subjects = statement.putArray("subject");
        resource(subjects.addObject(), name, Sha256.hex(jar));
        resource(subjects.addObject(), name + Provenance.SBOM_ENDING, Sha256.hex(sbom));
        statement.put("predicateType", Provenance.PREDICATE);
        ObjectNode predicate = statement.putObject("predicate");
        ObjectNode definition = predicate.putObject("buildDefinition");
        definition.put("buildType", BUILD_TYPE);
        definition.putObject("externalParameters").put("id", bom.id()).put("version", bom.version());
        ArrayNode dependencies = definition.putArray("resolvedDependencies");
        resource(dependencies.addObject(), SkillBom.BASE, bom.base());
        bom.files().forEach((file, hash) -> resource(dependencies.addObject(), file, hash));
        // The publisher is the builder: nobody else saw the build, and the statement does not pretend so.
        predicate
                .putObject("runDetails")
                .putObject("builder")
                .put("id", "urn:apprentice:publisher:" + keys.fingerprint());
        return statement;
    }

    private static void resource(ObjectNode resource, String name, String sha256) {
        resource.put("name", name).putObject("digest").put("sha256", sha256);
    }

    private static byte[] envelope(PublisherKeys keys, byte[] statement) {
        ObjectNode envelope = JsonMapper.shared().createObjectNode();
        envelope.put("payloadType", Provenance.PAYLOAD_TYPE)
                .put("payload", Base64.getEncoder().encodeToString(statement));
        ArrayNode signatures = envelope.putArray("signatures");
        for (Identity identity : keys.identities()) {
            signatures
                    .addObject()
                    .put("keyid", keyId(identity))
                    .put("sig", sign(identity, Provenance.toSign(statement)));
        }
        return JsonMapper.shared().writeValueAsBytes(envelope);
    }

    private static String keyId(Identity identity) {
        try {
            return Sha256.hex(identity.certificate().getSubjectPublicKeyInfo().getEncoded());
        } catch (IOException e) {
            throw new SigningException(Code.FAILED, "A public key cannot be encoded: " + e.getMessage(), e);
        }
    }

    private static String sign(Identity identity, byte[] content) {
        try {
            Signature signer = Signature.getInstance(identity.algorithm(), new BouncyCastleProvider());
            signer.initSign(identity.key());
            signer.update(content);
            return Base64.getEncoder().encodeToString(signer.sign());
        } catch (GeneralSecurityException e) {
            throw new SigningException(Code.FAILED, "The provenance could not be signed: " + e.getMessage(), e);
        }
    }

    /** What lies beside a jar under its name, if both are there. */
    public static Optional<SkillEvidence> beside(Path jar) {
        Path provenance = Path.of(jar + Provenance.ENDING);
        Path sbom = Path.of(jar + Provenance.SBOM_ENDING);
        if (!Files.exists(provenance) || !Files.exists(sbom)) {
            return Optional.empty();
        }
        try {
            return Optional.of(new SkillEvidence(Files.readAllBytes(provenance), Files.readAllBytes(sbom)));
        } catch (IOException e) {
            throw new SigningException(
                    Code.STORAGE, "What lies beside " + jar + " cannot be read: check its permissions", e);
        }
    }

    /**
     * Requires that it is about a jar.
     *
     * @param signature of the jar, by whoever must have signed the provenance too
     * @return itself
     * @throws SigningException if it is not
     */
    public SkillEvidence requireAbout(byte[] jar, byte[] signature) {
        if (!Provenance.verify(provenance, jar, signature).covers(sbom)) {
            throw new SigningException(
                    Code.WRONG_FILE, "The bill of materials is not the one of the provenance: sign the skill again");
        }
        return this;
    }
}
