package dev.apprentice.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.apprentice.signing.publish.PackageSigner;
import dev.apprentice.signing.publish.PublisherKeys;
import dev.apprentice.signing.publish.repository.Repository;
import dev.apprentice.signing.publish.repository.RepositoryKeys;
import dev.apprentice.signing.verify.TrustStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A marketplace on a stick, as the command line shows it. */
class MarketCommandIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    @Test
    void aMarketplaceIsAddedSearchedAndInstalledFrom() throws Exception {
        PublisherKeys ada = PublisherKeys.create("Ada");
        Path stick = stick(ada);
        try (RunningPlatform _ = RunningPlatform.start(folder.resolve("home"))) {
            assertThat(run("market", "list").output()).contains("market add NAME");
            Path root = stick.resolve("metadata/1.root.json");
            assertThat(run("market", "add", "stick", stick.toString(), "--root", root.toString())
                            .output())
                    .contains("stick", "1 skills");
            assertThat(refused("market", "add", "other", "file:///x", "--root", root.toString()))
                    .contains("file:///x", "is no address of a marketplace");
            assertThat(run("market", "search", "templ").output()).contains("ada/template", "1.0.0");
            JsonNode found = json("market", "search", "templ", "--json");
            assertThat(found.at("/hits/0/newest/id").asString()).isEqualTo("template");
            assertThat(run("market", "show", "template").output())
                    .contains("not trusted here", "fits here    yes", "code         yes");
            String fingerprint = TrustStore.read(ada.certificatePem()).fingerprint();
            assertThat(refused("install", "template")).contains("apprentice install template --trust " + fingerprint);
            assertThat(run("install", "template@1.0.0", "--trust", fingerprint).output())
                    .contains("Installed template 1.0.0 by Ada");
            assertThat(run("updates").output()).contains("as new as");
            assertThat(json("market", "refresh", "--json").at("/0/problem").asString())
                    .isEmpty();
            assertThat(refused("install", "nothing-like-it")).contains("market search");
            assertThat(refused("install", "missing.jar")).contains("missing.jar");
            assertThat(run("market", "remove", "stick").output()).contains("Removed");
            assertThat(run("skills").output()).contains("template", "SERVING");
        }
    }

    private Path stick(PublisherKeys ada) throws Exception {
        Path stick = folder.resolve("stick");
        RepositoryKeys keys = new RepositoryKeys(folder.resolve("keys"), "a long passphrase".toCharArray());
        Repository repository = Repository.init(stick, keys, 1, 1, Clock.systemUTC());
        repository.addPublisher("ada", ada.certificatePem());
        byte[] jar = Files.readAllBytes(new Distribution(BuiltProduct.DISTRIBUTION).skill("template", "1.0.0"));
        repository.publish("ada", jar, PackageSigner.sign(ada, jar));
        return stick;
    }

    private JsonNode json(String... command) throws Exception {
        return JsonMapper.shared().readTree(run(command).output());
    }

    private BuiltProduct.Result run(String... command) throws Exception {
        BuiltProduct.Result result = execute(command);
        assertThat(result.exit()).as(result.errors()).isZero();
        return result;
    }

    private String refused(String... command) throws Exception {
        BuiltProduct.Result result = execute(command);
        assertThat(result.exit()).as(result.output()).isEqualTo(1);
        return result.errors();
    }

    private BuiltProduct.Result execute(String... command) throws Exception {
        List<String> line = new ArrayList<>(List.of(command));
        line.add("--home");
        line.add(folder.resolve("home").toString());
        return BuiltProduct.run(LIMIT, line.toArray(String[]::new));
    }
}
