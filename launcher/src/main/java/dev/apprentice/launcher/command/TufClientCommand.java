package dev.apprentice.launcher.command;

import dev.apprentice.launcher.LauncherException;
import dev.apprentice.signing.verify.tuf.HttpFetcher;
import dev.apprentice.signing.verify.tuf.Metadata.TargetFile;
import dev.apprentice.signing.verify.tuf.TufClient;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The TUF client alone, with the options by which the conformance suite of The Update Framework drives a client. */
@Command(
        name = "tuf-client",
        description = "Use the TUF client alone, as the conformance suite does.",
        mixinStandardHelpOptions = true)
final class TufClientCommand {
    @Option(names = "--metadata-dir", paramLabel = "DIR", required = true, description = "Where trusted metadata lies.")
    private Path metadataFolder = Path.of("");

    @Option(names = "--metadata-url", paramLabel = "URL", description = "Where the repository's metadata is.")
    private @Nullable URI metadataUrl;

    @Option(names = "--target-base-url", paramLabel = "URL", description = "Where the repository's targets are.")
    private @Nullable URI targetUrl;

    @Option(names = "--target-name", paramLabel = "PATH", description = "A target to download; may be repeated.")
    private List<String> targets = List.of();

    @Option(names = "--target-dir", paramLabel = "DIR", description = "Where downloaded targets go.")
    private @Nullable Path targetFolder;

    @Command(name = "init", description = "Trust a repository by its root.json.", mixinStandardHelpOptions = true)
    int init(@Parameters(paramLabel = "ROOT", description = "A root.json from a trustworthy source.") Path root) {
        TufClient.initialize(metadataFolder, InstallCommand.read(root));
        return 0;
    }

    @Command(name = "refresh", description = "Bring the metadata up to date.", mixinStandardHelpOptions = true)
    int refresh() {
        refreshed();
        return 0;
    }

    @Command(name = "download", description = "Refresh, then download targets.", mixinStandardHelpOptions = true)
    int download() {
        HttpFetcher fetcher = new HttpFetcher(required("--target-base-url", targetUrl));
        Path folder = required("--target-dir", targetFolder);
        TufClient client = refreshed();
        for (String name : targets) {
            TargetFile target = client.find(name)
                    .orElseThrow(() -> new LauncherException("No role of the repository vouches for " + name
                            + ": check its name, or ask the repository's owner"));
            client.download(target, fetcher, folder.resolve(fileName(name)));
        }
        return 0;
    }

    private TufClient refreshed() {
        HttpFetcher fetcher = new HttpFetcher(required("--metadata-url", metadataUrl));
        TufClient client = new TufClient(metadataFolder, fetcher, Clock.systemUTC());
        client.refresh();
        return client;
    }

    /** One flat name for any path, so that no target can choose its folder. */
    private static String fileName(String target) {
        return URLEncoder.encode(target, StandardCharsets.UTF_8);
    }

    private static <T> T required(String option, @Nullable T value) {
        if (value == null) {
            throw new LauncherException("This command needs " + option + ": add it");
        }
        return value;
    }
}
