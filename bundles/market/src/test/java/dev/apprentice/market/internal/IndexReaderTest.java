package dev.apprentice.market.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.apprentice.market.CatalogueEntry;
import dev.apprentice.market.MarketException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IndexReaderTest {
    private static final String GOOD = """
            {"id": "prose", "version": "1.0.0", "publisher": "ada", "name": "Prose", "description": "Writes.",
             "base": "BASE", "permissions": [], "code": false, "adapter": {"type": "LORA", "rank": 4, "targets": ["q_proj"]},
             "published": "2026-01-01T00:00:00Z", "path": "ada/prose-1.0.0.jar", "size": 12}
            """.replace("BASE", TestSkill.BASE);

    private static IndexReader.Index read(String json) {
        return IndexReader.read("test", json.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"1.0.0\"|\"1.0\"",
                "\"prose\"|\"../prose\"",
                "\"ada\"|7",
                "ada/prose-1.0.0.jar|bob/prose-1.0.0.jar",
                "ada/prose-1.0.0.jar|ada/../../x.jar",
                "\"size\": 12|\"size\": \"12\"",
                "\"size\": 12|\"size\": -1",
                "2026-01-01T00:00:00Z|yesterday",
                "\"Prose\"|\" \"",
                "sha256:|md5:",
            })
    void anEntryThatCannotBeUsedHidesNoOther(String part, String replacement) {
        String bad = GOOD.replace(part, replacement);
        assertThat(bad).isNotEqualTo(GOOD);
        IndexReader.Index index = read("{\"skills\": [" + bad + "," + GOOD + ", 7, {}]}");
        assertThat(index.entries()).extracting(CatalogueEntry::id).containsExactly("prose");
        assertThat(index.problem()).startsWith("3 of 4 entries are left out");
        IndexReader.Index both = IndexReader.Index.joined(List.of(index, index));
        assertThat(both.problem()).startsWith("6 of 8 entries are left out");
    }

    @Test
    void anIndexMayNameItsParts() {
        assertThat(read("{\"parts\": [\"index/0.json\", \"index/ff.json\"]}").parts())
                .containsExactly("index/0.json", "index/ff.json");
    }

    @Test
    void textsLoseWhatCouldSteerATerminal() {
        String hostile = GOOD.replace("Writes.", "a\\u001b[31mb\\u202ec\\nd\\u0000e<b>");
        assertThat(read("{\"skills\": [" + hostile + "]}").entries().getFirst().description())
                .isEqualTo("a [31mb c d e<b>");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "7",
                "[]",
                "{}",
                "{\"skills\": {}}",
                "{\"skills\": []} x",
                "{\"skills\": [], \"more\": 1}",
                "{\"skills\": [{\"id\": 1, \"id\": 2}]}",
                "{\"skills\": [",
                "{\"parts\": [\"index/0.json\", \"index/0.json\"]}",
                "{\"parts\": [\"index.json\"]}",
                "{\"parts\": [\"index/../x.json\"]}",
                "{\"parts\": [[\"index/0.json\"]]}",
                "{\"parts\": [7]}",
                "{\"parts\": [], \"skills\": []}"
            })
    void anIndexThatReadersCouldUnderstandDifferentlyIsRefused(String json) {
        assertThatThrownBy(() -> read(json)).isInstanceOf(MarketException.class).hasMessageContaining("its index");
    }

    @Test
    void nestingWithoutEndIsRefused() {
        assertThatThrownBy(() -> read("{\"skills\": " + "[".repeat(100_000))).isInstanceOf(MarketException.class);
    }
}
