package dev.apprentice.launcher.command;

import dev.apprentice.launcher.Settings;
import dev.apprentice.launcher.doctor.Doctor;
import dev.apprentice.launcher.doctor.Finding;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.json.JsonMapper;

/** Checks this machine and says how to mend what is wrong. */
@Command(
        name = "doctor",
        description = "Check this machine, and say how to mend what is wrong.",
        mixinStandardHelpOptions = true)
final class DoctorCommand implements Callable<Integer> {
    @Mixin
    private HomeOption home = new HomeOption();

    @Mixin
    private JsonOption output = new JsonOption();

    @Override
    public Integer call() {
        List<Finding> findings = new Doctor(Settings.read(home.path())).examine();
        output.print(JsonMapper.shared().valueToTree(findings), ignored -> findings.forEach(DoctorCommand::text));
        return findings.stream().anyMatch(finding -> finding.verdict() == Finding.Verdict.FAULT) ? 1 : 0;
    }

    private static void text(Finding finding) {
        System.out.printf("%-6s %-12s %s%n", finding.verdict(), finding.subject(), finding.found());
        if (!finding.remedy().isEmpty()) {
            System.out.printf("%20s→ %s%n", "", finding.remedy());
        }
    }
}
