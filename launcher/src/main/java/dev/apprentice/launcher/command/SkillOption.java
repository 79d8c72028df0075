package dev.apprentice.launcher.command;

import picocli.CommandLine.Option;

/** The option that names a skill. */
final class SkillOption {
    @Option(names = "--skill", required = true, paramLabel = "ID", description = "The skill.")
    String id = "";

    String path() {
        return Paths.skill(id);
    }
}
