package dev.apprentice.launcher.bench;

import dev.apprentice.launcher.Distribution;
import dev.apprentice.launcher.ProgressLine;
import dev.apprentice.launcher.client.ApiClient;
import dev.apprentice.signing.publish.PackageSigner;
import dev.apprentice.signing.publish.PublisherKeys;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Installs, updates, rolls back and removes one big skill again and again, over the platform's own API. */
public final class InstallBench {
    private static final String SKILL = "java-completion";
    private static final String PATH = "/api/skills/" + SKILL;
    private static final Pattern GATE = Pattern.compile("gate ([0-9]+) ms");
    private static final double INSTALL_TARGET = 1000;
    private static final double ROLLBACK_TARGET = 300;

    private final ApiClient client;
    private final PublisherKeys keys = PublisherKeys.create("Benchmark publisher");

    /** A benchmark on a platform that has just been started on an empty home. */
    public InstallBench(ApiClient client) {
        this.client = client;
    }

    /**
     * Runs all rounds after one that nothing is measured in.
     *
     * @param market what was measured of a marketplace, for the report
     */
    public InstallReport run(
            Distribution distribution, int bytes, int rounds, MarketReport market, ProgressLine progress) {
        client.postText("/api/publishers", keys.certificatePem());
        byte[] first = BigSkill.of(distribution.skill(SKILL, "1.0.0"), bytes, 1);
        byte[] second = BigSkill.of(distribution.skill(SKILL, "1.1.0"), bytes, 2);
        byte[] firstSignature = PackageSigner.sign(keys, first);
        byte[] secondSignature = PackageSigner.sign(keys, second);
        Times install = new Times();
        Times update = new Times();
        Times rollback = new Times();
        Times remove = new Times();
        for (int round = 0; round <= rounds; round++) {
            progress.show("Installing, updating, rolling back, removing", round, rounds + 1);
            if (round == 1) {
                List.of(install, update, rollback, remove).forEach(Times::clear);
            }
            install.measure(() -> install(first, firstSignature));
            update.measure(() -> install(second, secondSignature));
            rollback.measure(() -> {
                client.post(PATH + "/rollback", Map.of("version", "1.0.0"));
                return 0;
            });
            remove.measure(() -> {
                client.delete(PATH + "?learned=destroy");
                return 0;
            });
        }
        progress.finish();
        return new InstallReport(
                first.length,
                rounds,
                List.of(
                        install.row("install", INSTALL_TARGET),
                        update.row("update", INSTALL_TARGET),
                        rollback.row("rollback", ROLLBACK_TARGET),
                        remove.row("remove", ROLLBACK_TARGET)),
                market);
    }

    /** Milliseconds that the gate took of it, as the audit log says. */
    private double install(byte[] jar, byte[] signature) {
        client.install("benchmark.jar", jar, signature);
        String detail = client.get("/api/audit?limit=1").path(0).path("detail").asString();
        Matcher gate = GATE.matcher(detail);
        return gate.find() ? Double.parseDouble(gate.group(1)) : 0;
    }

    /** Something that takes time, and says how much of it the gate took. */
    @FunctionalInterface
    private interface Change {
        double make();
    }

    /** What one kind of change took, in milliseconds. */
    private static final class Times {
        private final List<Double> totals = new ArrayList<>();
        private final List<Double> gates = new ArrayList<>();

        void measure(Change change) {
            long start = System.nanoTime();
            gates.add(change.make());
            totals.add((System.nanoTime() - start) / 1e6);
        }

        void clear() {
            totals.clear();
            gates.clear();
        }

        InstallReport.Row row(String change, double target) {
            List<Double> rest = new ArrayList<>();
            for (int i = 0; i < totals.size(); i++) {
                rest.add(totals.get(i) - gates.get(i));
            }
            return new InstallReport.Row(change, median(totals), median(gates), median(rest), target);
        }

        private static double median(List<Double> values) {
            return values.stream().sorted().toList().get(values.size() / 2);
        }
    }
}
