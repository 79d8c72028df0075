package dev.apprentice.launcher.command;

import dev.apprentice.launcher.client.Connection;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Removes a skill. */
@Command(
        name = "remove",
        description = "Remove a skill; what it learned is kept unless told otherwise.",
        mixinStandardHelpOptions = true)
final class RemoveCommand implements Callable<Integer> {
    @Mixin
    private HomeOption home = new HomeOption();

    @Parameters(paramLabel = "ID", description = "The skill.")
    private String id = "";

    @Option(names = "--destroy-learned", description = "Destroy what was learned too. This cannot be undone.")
    private boolean destroy;

    @Override
    public Integer call() {
        try (Connection connection = home.connect()) {
            connection.client().delete(Paths.skill(id) + "?learned=" + (destroy ? "destroy" : "keep"));
        }
        System.out.println("Removed " + id + (destroy ? " and all it had learned." : "; what it learned is kept."));
        return 0;
    }
}
