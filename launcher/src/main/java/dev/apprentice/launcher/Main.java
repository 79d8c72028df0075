package dev.apprentice.launcher;

import dev.apprentice.launcher.command.ApprenticeCommand;

/** Entry point of the command line. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        System.exit(ApprenticeCommand.run(arguments));
    }
}
