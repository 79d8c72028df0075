package dev.apprentice.launcher.command;

import dev.apprentice.launcher.LauncherException;
import dev.apprentice.launcher.client.ApiException;
import dev.apprentice.signing.verify.SigningException;
import dev.apprentice.signing.verify.tuf.TufException;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command {@code apprentice}. Exit codes: 0 done, 1 failed or refused, 2 wrong usage. */
@Command(
        name = "apprentice",
        mixinStandardHelpOptions = true,
        version = "apprentice 0.1.0",
        description = "A personal language-model runtime that learns from its user, on the user's own machine.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "1:failed or refused; the message says why and what to do", "2:wrong usage"},
        subcommands = {
            DemoCommand.class,
            StartCommand.class,
            StopCommand.class,
            StatusCommand.class,
            InstallCommand.class,
            SkillsCommand.class,
            MarketCommand.class,
            UpdatesCommand.class,
            RemoveCommand.class,
            LearnCommand.class,
            CycleCommand.class,
            MeasureCommand.class,
            CompleteCommand.class,
            HistoryCommand.class,
            ExportCommand.class,
            ImportCommand.class,
            TrustCommand.class,
            TokenCommand.class,
            KeyCommand.class,
            NewSkillCommand.class,
            SignCommand.class,
            RepoCommand.class,
            TufClientCommand.class,
            BenchCommand.class,
            QuantizeCommand.class,
            PretrainCommand.class,
            DoctorCommand.class
        })
public final class ApprenticeCommand {

    /** Runs a command line and returns the exit code. */
    public static int run(String... arguments) {
        return new CommandLine(new ApprenticeCommand())
                // a prompt may begin with @; it is never the name of a file to read
                .setExpandAtFiles(false)
                .setExecutionExceptionHandler((e, line, parsed) -> fail(line, e))
                .execute(arguments);
    }

    private static int fail(CommandLine line, Exception e) throws Exception {
        if (!(e instanceof LauncherException
                || e instanceof ApiException
                || e instanceof SigningException
                || e instanceof TufException)) {
            throw e;
        }
        line.getErr().println(line.getColorScheme().errorText(String.valueOf(e.getMessage())));
        return CommandLine.ExitCode.SOFTWARE;
    }
}
