package dev.apprentice.market.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.apprentice.market.MarketException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "file:///etc",
                "ftp://host/x",
                "jar:file:///x!/",
                "https://user:secret@host/",
                "https://host/?q",
                "https://host/#x",
                "https:///x",
                "https://ho st/",
                "relative/folder",
                ".",
                "",
                "/with\nline"
            })
    void whatIsNeitherHttpNorAnAbsoluteFolderIsRefused(String text) {
        assertThatThrownBy(() -> Address.parse(text))
                .isInstanceOf(MarketException.class)
                .hasMessageContaining("is no address");
    }

    @Test
    void addressesAreKeptInOneForm(@TempDir Path folder) {
        assertThat(Address.parse("https://host/market")).hasToString("https://host/market/");
        assertThat(Address.parse("http://127.0.0.1:80//")).hasToString("http://127.0.0.1:80/");
        assertThat(Address.parse(folder.resolve("x").resolve("..").toString())).hasToString(folder.toString());
    }
}
