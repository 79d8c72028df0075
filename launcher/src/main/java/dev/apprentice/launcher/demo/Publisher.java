package dev.apprentice.launcher.demo;

import dev.apprentice.launcher.LauncherException;
import dev.apprentice.launcher.client.ApiClient;
import dev.apprentice.launcher.client.ApiException;
import dev.apprentice.signing.publish.PackageSigner;
import dev.apprentice.signing.publish.PublisherKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Plays a publisher with throw-away keys, and then those who would pass for it. */
final class Publisher {
    private final ApiClient client;
    private final PublisherKeys keys = PublisherKeys.create("Demo publisher");

    Publisher(ApiClient client) {
        this.client = client;
    }

    void becomeTrusted() {
        client.postText("/api/publishers", keys.certificatePem());
    }

    JsonNode offer(Path jar) {
        byte[] content = read(jar);
        return client.install(name(jar), content, PackageSigner.sign(keys, content));
    }

    /** Offers a changed, an unsigned and a stranger's copy; each must be refused and change nothing. */
    List<DemoReport.Refusal> offerForgeries(Path jar) {
        byte[] content = read(jar);
        byte[] changed = content.clone();
        changed[changed.length / 2] ^= 1;
        String shelf = client.get("/api/skills").toString();
        List<DemoReport.Refusal> refusals = new ArrayList<>();
        refusals.add(refused("changed-" + name(jar), changed, PackageSigner.sign(keys, content)));
        refusals.add(refused("unsigned-" + name(jar), content, new byte[0]));
        PublisherKeys stranger = PublisherKeys.create("Demo publisher");
        refusals.add(refused("stranger-" + name(jar), content, PackageSigner.sign(stranger, content)));
        if (!client.get("/api/skills").toString().equals(shelf)) {
            throw new LauncherException(
                    "A refused install changed the shelf: this is a fault of Apprentice, please report it");
        }
        return refusals;
    }

    private DemoReport.Refusal refused(String file, byte[] jar, byte[] signature) {
        try {
            client.install(file, jar, signature);
        } catch (ApiException e) {
            return new DemoReport.Refusal(file, String.valueOf(e.getMessage()));
        }
        throw new LauncherException(
                file + " was installed, but must be refused: this is a fault of Apprentice, please report it");
    }

    private static byte[] read(Path jar) {
        try {
            return Files.readAllBytes(jar);
        } catch (IOException e) {
            throw new LauncherException("The skill " + jar + " cannot be read: build again with 'mvn package'", e);
        }
    }

    private static String name(Path jar) {
        return String.valueOf(jar.getFileName());
    }
}
