package dev.apprentice.launcher.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.apprentice.launcher.Settings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoctorTest {
    @TempDir
    Path home;

    @Test
    void aPortInUseIsAFaultWithARemedy() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Settings settings = Settings.read(home).withPort(taken.getLocalPort());
            assertThat(new Doctor(settings).examine())
                    .filteredOn(finding -> finding.subject().equals("port"))
                    .singleElement()
                    .satisfies(finding -> {
                        assertThat(finding.verdict()).isEqualTo(Finding.Verdict.FAULT);
                        assertThat(finding.found()).contains("" + taken.getLocalPort());
                        assertThat(finding.remedy()).contains("http.port");
                    });
        }
    }

    @Test
    void everyFaultAndNoteHasARemedy() {
        assertThat(new Doctor(Settings.read(home).withPort(0)).examine())
                .hasSize(7)
                .allSatisfy(finding ->
                        assertThat(finding.remedy().isEmpty()).isEqualTo(finding.verdict() == Finding.Verdict.OK));
    }
}
