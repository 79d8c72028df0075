package dev.apprentice.signing.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.apprentice.signing.publish.FaultyFiles.Fault;
import dev.apprentice.signing.publish.repository.Repository;
import dev.apprentice.signing.publish.repository.RepositoryKeys;
import dev.apprentice.signing.verify.PackageVerifier;
import dev.apprentice.signing.verify.SigningException;
import dev.apprentice.signing.verify.TrustStore;
import dev.apprentice.signing.verify.TrustedPublisher;
import dev.apprentice.signing.verify.tuf.Fetcher;
import dev.apprentice.signing.verify.tuf.FolderFetcher;
import dev.apprentice.signing.verify.tuf.Metadata.TargetFile;
import dev.apprentice.signing.verify.tuf.TufClient;
import dev.apprentice.signing.verify.tuf.TufException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigestSpi;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.ProviderException;
import java.security.PublicKey;
import java.security.Security;
import java.security.SignatureSpi;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Lets each call that verifying makes to files, network, clock and cryptography fail in turn. Whatever fails refuses or changes
 * nothing of the outcome: never is anything believed that would not be believed without the fault.
 */
@Timeout(120)
class VerifierFaultTest {
    private static final Clock CLOCK = Clock.systemUTC();
    private static final int MORE_CALLS_THAN_ANY_CHECK = 2000;
    private static final PublisherKeys KEYS = PublisherKeys.create("Ada");
    private static final PublisherKeys STRANGER = PublisherKeys.create("Ada");
    private static final byte[] FILE = "the content of a skill".repeat(1000).getBytes(StandardCharsets.UTF_8);
    private static final byte[] SIGNATURE = PackageSigner.sign(KEYS, FILE);
    private static final String TARGET = "publishers/bob.pem";

    /** A repository as it was, and as it is after a publisher has been added. */
    @TempDir
    static Path shared;

    @TempDir
    Path folder;

    private final FaultyFiles faulty = new FaultyFiles();

    @BeforeAll
    static void publish() throws IOException {
        RepositoryKeys keys = new RepositoryKeys(shared.resolve("keys"), "a long passphrase".toCharArray());
        Repository repository = Repository.init(shared.resolve("now"), keys, 1, 1, CLOCK);
        copy(shared.resolve("now/metadata"), shared.resolve("old/metadata"));
        repository.addPublisher("bob", KEYS.certificatePem());
    }

    @BeforeEach
    void trustTheRepositoryAsItWas() throws IOException {
        TufClient.initialize(trusted(), Files.readAllBytes(shared.resolve("old/metadata/1.root.json")));
        client(trusted(), metadata("old")).refresh();
    }

    @ParameterizedTest
    @EnumSource
    void everyFaultOfTheDiskStopsARefresh(Fault fault) throws IOException {
        Map<String, String> before = files(trusted());
        client(trusted(), metadata("now")).refresh();
        Map<String, String> after = files(trusted());
        int faults = 0;
        for (int call = 0; call < MORE_CALLS_THAN_ANY_CHECK; call++) {
            restore(before);
            TufClient client = client(faulty.of(trusted()), metadata("now"));
            faulty.failAfter(call, fault);
            boolean refused = refuses(client::refresh);
            boolean failed = faulty.mend();
            if (refused) {
                assertThat(failed).as("call %d", call).isTrue();
            } else {
                assertThat(metadataOf(trusted())).as("call %d", call).isEqualTo(metadataOf(after));
            }
            files(trusted()).forEach((name, content) -> {
                if (name.endsWith(".json")) {
                    assertThat(content).isIn(before.get(name), after.get(name));
                } else if (fault != Fault.FOR_GOOD) {
                    assertThat(before).as("nothing is left behind").containsKey(name);
                }
            });
            client(trusted(), metadata("now")).refresh();
            if (!failed) {
                assertThat(faults).isGreaterThan(20);
                return;
            }
            faults += refused ? 1 : 0;
        }
        throw new AssertionError("A refresh does not end");
    }

    @ParameterizedTest
    @EnumSource
    void noFaultOfTheDiskLetsARepositoryGoBack(Fault fault) throws IOException {
        client(trusted(), metadata("now")).refresh();
        Map<String, String> before = files(trusted());
        for (int call = 0; call < MORE_CALLS_THAN_ANY_CHECK; call++) {
            TufClient client = client(faulty.of(trusted()), metadata("old"));
            faulty.failAfter(call, fault);
            assertThat(refuses(client::refresh)).as("call %d", call).isTrue();
            boolean failed = faulty.mend();
            assertThat(metadataOf(trusted())).as("call %d", call).isEqualTo(metadataOf(before));
            if (!failed) {
                assertThat(call).isGreaterThan(5);
                return;
            }
        }
        throw new AssertionError("A refresh does not end");
    }

    @ParameterizedTest
    @EnumSource
    void noFaultOfTheDiskMakesAWrongFileOfADownload(Fault fault) throws IOException {
        TufClient client = client(trusted(), metadata("now"));
        client.refresh();
        TargetFile target = client.find(TARGET).orElseThrow();
        Fetcher targets = new FolderFetcher(shared.resolve("now/targets"));
        int faults = 0;
        for (int call = 0; call < MORE_CALLS_THAN_ANY_CHECK; call++) {
            Path file = folder.resolve("downloads").resolve("file-" + call);
            faulty.failAfter(call, fault);
            boolean refused = refuses(() -> client.download(target, targets, faulty.of(file)));
            boolean failed = faulty.mend();
            if (refused) {
                assertThat(failed).as("call %d", call).isTrue();
                client.download(target, targets, file);
            }
            assertThat(file).as("call %d", call).hasContent(KEYS.certificatePem());
            if (!failed) {
                assertThat(faults).isGreaterThan(5);
                return;
            }
            faults++;
        }
        throw new AssertionError("A download does not end");
    }

    @Test
    void everyFaultOfAFetcherStopsARefresh() throws IOException {
        Map<String, String> before = files(trusted());
        List<Consumer<String>> faults = List.of(
                path -> {
                    throw new IllegalStateException("injected");
                },
                path -> {
                    throw new UnsupportedOperationException();
                },
                path -> {
                    throw new TufException(TufException.Code.UNREACHABLE, "Injected: nothing can be done");
                });
        for (String file : List.of("2.root.json", "timestamp.json", "2.snapshot.json", "2.targets.json")) {
            for (Consumer<String> fault : faults) {
                refusesWith(before, (path, offset) -> {
                    if (path.equals(file)) {
                        fault.accept(path);
                    }
                    return metadata("now").open(path, offset);
                });
            }
            refusesWith(before, (path, offset) -> {
                if (path.equals(file)) {
                    throw new IOException("injected");
                }
                return metadata("now").open(path, offset);
            });
            if (!file.equals("2.root.json")) {
                refusesWith(before, (path, offset) -> {
                    InputStream whole = metadata("now").open(path, offset);
                    return path.equals(file) ? new BreaksOff(whole) : whole;
                });
            }
        }
    }

    private void refusesWith(Map<String, String> before, Fetcher fetcher) throws IOException {
        restore(before);
        assertThat(refuses(client(trusted(), fetcher)::refresh)).isTrue();
        client(trusted(), metadata("now")).refresh();
    }

    /** Ends in an error after some bytes. */
    private static final class BreaksOff extends FilterInputStream {
        private boolean begun;

        BreaksOff(InputStream whole) {
            super(whole);
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            if (begun) {
                throw new IOException("injected");
            }
            begun = true;
            return super.read(buffer, offset, Math.min(length, 10));
        }
    }

    @Test
    void aProviderOfCryptographyThatFailsStopsEveryCheck() throws IOException {
        Map<String, String> before = files(trusted());
        TrustStore trust = new TrustStore(folder.resolve("publishers"));
        trust.add(KEYS.certificatePem());
        for (String service : List.of("Signature.Ed25519", "MessageDigest.SHA-256")) {
            Failing provider = new Failing(service);
            Security.insertProviderAt(provider, 1);
            try {
                assertThat(refuses(client(trusted(), metadata("now"))::refresh))
                        .as(service)
                        .isTrue();
                if (service.startsWith("MessageDigest")) {
                    assertThatThrownBy(() -> new PackageVerifier(CLOCK).verify(FILE, SIGNATURE, trust))
                            .isInstanceOf(SigningException.class);
                }
            } finally {
                Security.removeProvider(provider.getName());
            }
            assertThat(metadataOf(trusted())).as(service).isEqualTo(metadataOf(before));
        }
        assertThat(new PackageVerifier(CLOCK).verify(FILE, SIGNATURE, trust).publisher())
                .isEqualTo("Ada");
    }

    @ParameterizedTest
    @EnumSource
    void noFaultOfTheDiskMakesAStrangerTrusted(Fault fault) {
        Path store = folder.resolve("publishers");
        new TrustStore(store).add(KEYS.certificatePem());
        TrustStore trust = new TrustStore(faulty.of(store));
        byte[] strangers = PackageSigner.sign(STRANGER, FILE);
        boolean failed = true;
        for (int call = 0; failed; call++) {
            faulty.failAfter(call, fault);
            boolean refused = refuses(() -> new PackageVerifier(CLOCK).verify(FILE, SIGNATURE, trust));
            failed = faulty.mend();
            assertThat(refused).as("call %d", call).isEqualTo(failed);
            faulty.failAfter(call, fault);
            assertThat(refuses(() -> new PackageVerifier(CLOCK).verify(FILE, strangers, trust)))
                    .as("call %d", call)
                    .isTrue();
            faulty.mend();
            assertThat(call).isLessThan(MORE_CALLS_THAN_ANY_CHECK);
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyFaultOfTheDiskLeavesTheTrustStoreWhole(Fault fault) {
        Path store = folder.resolve("publishers");
        TrustStore whole = new TrustStore(store);
        TrustStore trust = new TrustStore(faulty.of(store));
        TrustedPublisher ada = whole.add(KEYS.certificatePem());
        TrustedPublisher stranger = TrustStore.read(STRANGER.certificatePem());
        boolean failed = true;
        for (int call = 0; failed; call++) {
            faulty.failAfter(call, fault);
            boolean refused = refuses(() -> trust.add(STRANGER.certificatePem()));
            failed = faulty.mend();
            assertThat(whole.find(stranger.fingerprint()).isPresent())
                    .as("call %d", call)
                    .isEqualTo(!refused);
            assertThat(whole.list()).as("call %d", call).contains(ada);
            whole.add(STRANGER.certificatePem());
            faulty.failAfter(call, fault);
            refused = refuses(() -> trust.remove(stranger.fingerprint()));
            failed |= faulty.mend();
            assertThat(whole.list()).as("call %d", call).contains(ada);
            assertThat(whole.find(stranger.fingerprint()).isPresent())
                    .as("call %d", call)
                    .isEqualTo(refused);
            if (refused) {
                whole.remove(stranger.fingerprint());
            }
            assertThat(call).isLessThan(MORE_CALLS_THAN_ANY_CHECK);
        }
    }

    /** Fails at whatever it is asked for. */
    private static final class Failing extends Provider {
        private static final long serialVersionUID = 1;

        Failing(String service) {
            super("Failing", "1", "fails");
            put(
                    service,
                    service.startsWith("Signature") ? FailingSignature.class.getName() : FailingDigest.class.getName());
        }
    }

    /** A signature that cannot be checked. */
    public static final class FailingSignature extends SignatureSpi {
        @Override
        protected void engineInitVerify(PublicKey key) {
            // A provider that fails here is passed over for the next; this one fails later.
        }

        @Override
        protected void engineInitSign(PrivateKey key) {
            throw new ProviderException("injected");
        }

        @Override
        protected void engineUpdate(byte b) {
            throw new ProviderException("injected");
        }

        @Override
        protected void engineUpdate(byte[] bytes, int offset, int length) {
            throw new ProviderException("injected");
        }

        @Override
        protected byte[] engineSign() {
            throw new ProviderException("injected");
        }

        @Override
        protected boolean engineVerify(byte[] signature) {
            throw new ProviderException("injected");
        }

        @Override
        @Deprecated
        protected void engineSetParameter(String name, Object value) {
            throw new ProviderException("injected");
        }

        @Override
        @Deprecated
        protected Object engineGetParameter(String name) {
            throw new ProviderException("injected");
        }
    }

    /** A digest that cannot be made. */
    public static final class FailingDigest extends MessageDigestSpi {
        @Override
        protected void engineUpdate(byte b) {
            throw new ProviderException("injected");
        }

        @Override
        protected void engineUpdate(byte[] bytes, int offset, int length) {
            throw new ProviderException("injected");
        }

        @Override
        protected byte[] engineDigest() {
            throw new ProviderException("injected");
        }

        @Override
        protected void engineReset() {
            // Nothing to forget.
        }
    }

    private Path trusted() {
        return folder.resolve("trusted");
    }

    private static Fetcher metadata(String version) {
        return new FolderFetcher(shared.resolve(version).resolve("metadata"));
    }

    private static TufClient client(Path trusted, Fetcher fetcher) {
        return new TufClient(trusted, fetcher, CLOCK);
    }

    /** Whether the work is refused in the way that callers expect; anything else fails the test. */
    private static boolean refuses(Runnable work) {
        try {
            work.run();
            return false;
        } catch (TufException | SigningException refusal) {
            assertThat(refusal.getMessage()).contains(": ");
            return true;
        }
    }

    private static Map<String, String> files(Path folder) throws IOException {
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> list = Files.list(folder)) {
            for (Path file : list.toList()) {
                files.put(String.valueOf(file.getFileName()), Files.readString(file));
            }
        }
        return files;
    }

    private static Map<String, String> metadataOf(Path folder) throws IOException {
        return metadataOf(files(folder));
    }

    private static Map<String, String> metadataOf(Map<String, String> files) {
        Map<String, String> metadata = new TreeMap<>(files);
        metadata.keySet().removeIf(name -> !name.endsWith(".json"));
        return metadata;
    }

    private void restore(Map<String, String> files) throws IOException {
        try (Stream<Path> list = Files.list(trusted())) {
            for (Path file : list.toList()) {
                Files.delete(file);
            }
        }
        for (Map.Entry<String, String> file : files.entrySet()) {
            Files.writeString(trusted().resolve(file.getKey()), file.getValue());
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }
}
