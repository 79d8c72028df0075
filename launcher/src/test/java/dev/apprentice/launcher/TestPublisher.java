package dev.apprentice.launcher;

import dev.apprentice.launcher.client.ApiClient;
import dev.apprentice.signing.publish.PackageSigner;
import dev.apprentice.signing.publish.PublisherKeys;
import java.io.IOException;
import java.nio.file.Files;
import tools.jackson.databind.JsonNode;

/** A publisher with throw-away keys who signs the skills of the distribution. */
final class TestPublisher {
    private final PublisherKeys keys = PublisherKeys.create("Test publisher");

    void becomeTrusted(ApiClient client) {
        client.postText("/api/publishers", keys.certificatePem());
    }

    JsonNode install(ApiClient client, String id, String version) throws IOException {
        Signed signed = sign(id, version);
        return client.install(signed.fileName(), signed.jar(), signed.signature());
    }

    Signed sign(String id, String version) throws IOException {
        byte[] jar = Files.readAllBytes(new Distribution(BuiltProduct.DISTRIBUTION).skill(id, version));
        return new Signed(id + "-" + version + ".jar", jar, PackageSigner.sign(keys, jar));
    }

    /** A skill and its detached signature. */
    record Signed(String fileName, byte[] jar, byte[] signature) {}
}
