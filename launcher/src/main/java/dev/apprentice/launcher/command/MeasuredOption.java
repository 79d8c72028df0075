package dev.apprentice.launcher.command;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How much of what was written later is measured on. */
final class MeasuredOption {
    @Option(
            names = "--measured-tokens",
            paramLabel = "N",
            description = "Measure on about so many of the tokens written later (default: 24,000, which is quick).")
    @Nullable
    Integer tokens;
}
