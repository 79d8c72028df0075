package dev.apprentice.signing.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.apprentice.signing.verify.Provenance;
import dev.apprentice.signing.verify.Sha256;
import dev.apprentice.signing.verify.SigningException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

class SkillEvidenceTest {
    private static final int CASES = Integer.getInteger("apprentice.property.cases", 2000);
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final PublisherKeys KEYS = PublisherKeys.create("Ada");
    private static final PublisherKeys STRANGER = PublisherKeys.create("Ada");
    private static final byte[] JAR = SampleSkill.jar("prose", "1.0.0");
    private static final byte[] SIGNATURE = PackageSigner.sign(KEYS, JAR);
    private static final SkillEvidence EVIDENCE = SkillEvidence.of(KEYS, JAR);

    @Test
    void theStatementNamesTheJarWhatIsInItAndItsBillOfMaterials() {
        JsonNode statement = statement(EVIDENCE.provenance());
        assertThat(statement.path("_type").stringValue()).isEqualTo("https://in-toto.io/Statement/v1");
        assertThat(statement.path("predicateType").stringValue()).isEqualTo("https://slsa.dev/provenance/v1");
        assertThat(statement.at("/subject/0/name").stringValue()).isEqualTo("prose-1.0.0.jar");
        assertThat(statement.at("/subject/0/digest/sha256").stringValue()).isEqualTo(Sha256.hex(JAR));
        assertThat(statement.at("/subject/1/digest/sha256").stringValue()).isEqualTo(Sha256.hex(EVIDENCE.sbom()));
        assertThat(statement.at("/predicate/runDetails/builder/id").stringValue())
                .endsWith(KEYS.fingerprint());
        assertThat(statement
                        .at("/predicate/buildDefinition/resolvedDependencies/0/digest/sha256")
                        .stringValue())
                .isEqualTo("0".repeat(64));
        Provenance provenance = Provenance.verify(EVIDENCE.provenance(), JAR, SIGNATURE);
        assertThat(provenance.covers(EVIDENCE.sbom())).isTrue();
        assertThat(provenance.covers(SIGNATURE)).isFalse();
    }

    /** What the schema of CycloneDX 1.6 requires of these parts. */
    @Test
    void theBillOfMaterialsIsCycloneDx() {
        JsonNode bom = JSON.readTree(EVIDENCE.sbom());
        assertThat(bom.path("bomFormat").stringValue()).isEqualTo("CycloneDX");
        assertThat(bom.path("specVersion").stringValue()).isEqualTo("1.6");
        assertThat(bom.path("serialNumber").stringValue())
                .matches("urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");
        assertThat(bom.at("/metadata/component/hashes/0/content").stringValue()).isEqualTo(Sha256.hex(JAR));
        assertThat(bom.at("/metadata/component/licenses/0/license/name").stringValue())
                .isEqualTo("Apache-2.0");
        assertThat(bom.path("components")).hasSize(5).allSatisfy(component -> {
            assertThat(component.path("type").stringValue()).isIn("file", "machine-learning-model");
            assertThat(component.path("name").stringValue()).isNotEmpty();
            assertThat(component.at("/hashes/0/content").stringValue()).hasSize(64);
        });
        assertThat(bom.path("components")
                        .valueStream()
                        .map(one -> one.path("bom-ref").stringValue()))
                .doesNotHaveDuplicates()
                .containsExactlyElementsOf(bom.at("/dependencies/0/dependsOn")
                        .valueStream()
                        .map(JsonNode::stringValue)
                        .toList());
    }

    @Test
    void signingTheSameJarAgainGivesTheSame() {
        SkillEvidence again = SkillEvidence.of(KEYS, JAR);
        assertThat(again.sbom()).isEqualTo(EVIDENCE.sbom());
        assertThat(again.provenance()).isEqualTo(EVIDENCE.provenance());
    }

    @Test
    void statementsOfStrangersAndAboutOtherFilesAreRefused() {
        byte[] other = SampleSkill.jar("prose", "1.1.0");
        refused(EVIDENCE.provenance(), other, PackageSigner.sign(KEYS, other), "another file");
        refused(SkillEvidence.of(STRANGER, JAR).provenance(), JAR, SIGNATURE, "both keys");
        refused(new byte[0], JAR, SIGNATURE, ": ");
        refused("{}".getBytes(StandardCharsets.UTF_8), JAR, SIGNATURE, "in-toto");
        refused(new byte[Provenance.LARGEST + 1], JAR, SIGNATURE, "more than any");
    }

    @Test
    void oneSignatureOfTwoOrAnotherStatementUnderBothIsRefused() {
        for (int place = 0; place < 2; place++) {
            ObjectNode envelope = (ObjectNode) JSON.readTree(EVIDENCE.provenance());
            ((ArrayNode) envelope.path("signatures")).remove(place);
            refused(JSON.writeValueAsBytes(envelope), JAR, SIGNATURE, "both keys");
        }
        ObjectNode envelope = (ObjectNode) JSON.readTree(EVIDENCE.provenance());
        String changed = statement(EVIDENCE.provenance()).toString().replace("prose", "verse");
        envelope.put("payload", Base64.getEncoder().encodeToString(changed.getBytes(StandardCharsets.UTF_8)));
        refused(JSON.writeValueAsBytes(envelope), JAR, SIGNATURE, "both keys");
        envelope = (ObjectNode) JSON.readTree(EVIDENCE.provenance());
        refused(JSON.writeValueAsBytes(envelope.put("payloadType", "text/plain")), JAR, SIGNATURE, "in-toto statement");
    }

    @Test
    void anotherBillOfMaterialsIsRefused() {
        byte[] sbom = EVIDENCE.sbom().clone();
        sbom[sbom.length / 2] ^= 1;
        assertThatThrownBy(() -> new SkillEvidence(EVIDENCE.provenance(), sbom).requireAbout(JAR, SIGNATURE))
                .isInstanceOf(SigningException.class)
                .hasMessageContaining("bill of materials");
    }

    @Test
    void randomDamageIsRefusedOrChangesNothing() {
        byte[] good = EVIDENCE.provenance();
        JsonNode statement = statement(good);
        IntStream.range(0, CASES).parallel().forEach(number -> {
            SplittableRandom random = new SplittableRandom(number);
            byte[] bad = good.clone();
            int at = random.nextInt(bad.length);
            if (random.nextInt(4) == 0) {
                bad = Arrays.copyOf(bad, at);
            } else {
                bad[at] ^= (byte) (1 << random.nextInt(8));
            }
            try {
                Provenance.verify(bad, JAR, SIGNATURE);
                // What no signature covers, such as the last bits of Base64, may vary.
                assertThat(statement(bad)).as("case %d, byte %d", number, at).isEqualTo(statement);
            } catch (SigningException refusal) {
                assertThat(refusal.getMessage()).contains(": ");
            }
        });
    }

    private static JsonNode statement(byte[] envelope) {
        return JSON.readTree(Base64.getDecoder()
                .decode(JSON.readTree(envelope).path("payload").stringValue()));
    }

    private static void refused(byte[] envelope, byte[] jar, byte[] signature, String reason) {
        assertThatThrownBy(() -> Provenance.verify(envelope, jar, signature))
                .isInstanceOf(SigningException.class)
                .hasMessageContaining(reason);
    }
}
