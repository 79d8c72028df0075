package dev.apprentice.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.apprentice.signing.verify.PackageVerifier;
import dev.apprentice.signing.verify.Provenance;
import dev.apprentice.signing.verify.TrustStore;
import dev.apprentice.signing.verify.VerifiedPackage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An authority certifies a publisher, who signs a skill, all by the command line. */
class AuthorityIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Map<String, String> PASSPHRASE = Map.of("APPRENTICE_PASSPHRASE", "a long passphrase");

    @TempDir
    Path folder;

    @Test
    void aCertifiedPublishersSkillIsBelievedByThoseWhoTrustTheAuthority() throws Exception {
        Path jar = Files.copy(
                new Distribution(BuiltProduct.DISTRIBUTION).skill("template", "1.0.0"), folder.resolve("template.jar"));
        run("key", "new", "--name", "Ada", file("ada"));
        run("key", "csr", file("ada"));
        run("key", "ca", "--name", "Fair market", "--organization", "Fair", file("ca"));
        run("key", "certify", file("ada.csr.pem"), "--ca", file("ca"), "--days", "30");
        run("sign", "--keys", file("ada"), "--certificate", file("ada.csr.pem.chain.pem"), jar.toString());

        TrustStore trust = new TrustStore(folder.resolve("trust"));
        trust.add(Files.readString(folder.resolve("ca.public.pem")));
        byte[] content = Files.readAllBytes(jar);
        byte[] signature = Files.readAllBytes(folder.resolve("template.jar.p7s"));
        VerifiedPackage verified = new PackageVerifier(Clock.systemUTC()).verify(content, signature, trust);
        assertThat(verified.publisher()).isEqualTo("Ada");
        byte[] provenance = Files.readAllBytes(folder.resolve("template.jar.provenance.json"));
        assertThat(Provenance.verify(provenance, content, signature)
                        .covers(Files.readAllBytes(folder.resolve("template.jar.cdx.json"))))
                .isTrue();

        run("repo", "init", file("market"), "--keys", file("keys"));
        run("repo", "add-publisher", file("market"), "ada", file("ada.csr.pem.chain.pem"), "--keys", file("keys"));
        run("repo", "publish", file("market"), "ada", jar.toString(), "--keys", file("keys"));
        try (Stream<Path> targets = Files.list(folder.resolve("market/targets/ada"))) {
            assertThat(targets.map(target -> target.getFileName().toString().replaceFirst("^[0-9a-f]{64}\\.", "")))
                    .containsExactlyInAnyOrder(
                            "template-1.0.0.jar",
                            "template-1.0.0.jar.p7s",
                            "template-1.0.0.jar.provenance.json",
                            "template-1.0.0.jar.cdx.json");
        }

        BuiltProduct.Result publisher =
                BuiltProduct.run(PASSPHRASE, LIMIT, "key", "certify", file("ada.csr.pem"), "--ca", file("ada"));
        assertThat(publisher.exit()).isEqualTo(1);
        assertThat(publisher.errors()).contains("keys of a publisher");
    }

    private String file(String name) {
        return folder.resolve(name).toString();
    }

    private static void run(String... command) throws Exception {
        BuiltProduct.Result result = BuiltProduct.run(PASSPHRASE, LIMIT, command);
        assertThat(result.exit()).as(result.errors()).isZero();
    }
}
