package dev.apprentice.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Makes a small folder of Java with a habit worth learning. */
final class TestCode {
    private TestCode() {}

    static Path write(Path folder, int files) throws IOException {
        Files.createDirectories(folder);
        for (int i = 0; i < files; i++) {
            Files.writeString(folder.resolve("Ledger" + i + ".java"), """
                    package org.example.ledger;

                    import java.util.ArrayList;
                    import java.util.List;

                    /** Keeps the entries of account %1$d. */
                    final class Ledger%1$d {
                        private final List<LedgerEntry> ledgerEntries = new ArrayList<>();

                        void postLedgerEntry(LedgerEntry ledgerEntry) {
                            LedgerGuard.requireOpenPeriod(ledgerEntry);
                            ledgerEntries.add(ledgerEntry);
                        }

                        long balanceInCents() {
                            long balanceInCents = %1$d;
                            for (LedgerEntry ledgerEntry : ledgerEntries) {
                                balanceInCents += ledgerEntry.amountInCents();
                            }
                            return balanceInCents;
                        }
                    }
                    """.formatted(i));
        }
        return folder;
    }
}
