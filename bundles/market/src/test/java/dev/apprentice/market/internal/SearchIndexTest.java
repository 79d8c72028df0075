package dev.apprentice.market.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.apprentice.market.CatalogueEntry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SearchIndexTest {
    private static final int MANY = 100_000;
    private static final List<String> SUBJECTS =
            List.of("java", "prose", "sql", "latin", "haskell", "letters", "tests");

    /** A large catalogue, in which skill i is about subject i modulo seven. */
    static List<CatalogueEntry> many(int count) {
        List<CatalogueEntry> entries = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String subject = SUBJECTS.get(i % SUBJECTS.size());
            entries.add(entry(
                    subject + "-" + i,
                    "Skill %d for %s".formatted(i, subject),
                    "publisher-" + i % 100,
                    "Completes %s in the style of house %d, with attention to detail.".formatted(subject, i % 1000)));
        }
        return entries;
    }

    private static CatalogueEntry entry(String id, String name, String publisher, String description) {
        return new CatalogueEntry(
                publisher,
                id,
                "1.0.0",
                name,
                description,
                TestSkill.BASE,
                "",
                List.of(),
                false,
                new CatalogueEntry.AdapterFacts("LORA", 4, List.of()),
                "",
                "",
                Instant.EPOCH,
                publisher + "/" + id + "-1.0.0.jar",
                1);
    }

    private static List<String> ids(Catalogue catalogue, String terms) {
        return catalogue.find(terms, Integer.MAX_VALUE).best().stream()
                .map(match -> catalogue.skill(match.document()).id())
                .toList();
    }

    private static Catalogue catalogue(List<CatalogueEntry> entries) {
        return new Catalogue(IndexReader.Index.of(entries));
    }

    @Test
    void amongAHundredThousandSkillsTheRightOnesAreFound() {
        Catalogue catalogue = catalogue(many(MANY));
        assertThat(catalogue.size()).isEqualTo(MANY);
        assertThat(ids(catalogue, "")).hasSize(MANY);
        assertThat(ids(catalogue, "java-70007"))
                .as("an id by itself comes first")
                .startsWith("java-70007");
        assertThat(ids(catalogue, "haskell"))
                .hasSize((int) many(MANY).stream()
                        .filter(one -> one.id().startsWith("haskell"))
                        .count())
                .allMatch(id -> id.startsWith("haskell-"));
        assertThat(ids(catalogue, "LATIN house 37"))
                .as("all words, in whatever case and field, must be there")
                .isNotEmpty()
                .allMatch(id -> id.startsWith("latin-"));
        assertThat(ids(catalogue, "hask")).as("the beginning of a word").isEqualTo(ids(catalogue, "haskell"));
        assertThat(ids(catalogue, "haskell nothing-of-this-kind")).isEmpty();
        assertThat(ids(catalogue, "publisher 42 sql")).contains("sql-" + sqlOfPublisher42());
    }

    private static int sqlOfPublisher42() {
        int i = 42;
        while (!SUBJECTS.get(i % SUBJECTS.size()).equals("sql")) {
            i += 100;
        }
        return i;
    }

    @Test
    void betterFieldsComeFirst() {
        Catalogue catalogue = catalogue(List.of(
                entry("a", "Something", "eve", "About verse."),
                entry("b", "Something", "verse", "About nothing."),
                entry("c", "Verse", "eve", "About nothing."),
                entry("verse", "Something", "eve", "About nothing."),
                entry("d", "Versed", "eve", "About nothing."),
                entry("verse-two", "Something", "eve", "About nothing.")));
        assertThat(ids(catalogue, "verse")).containsExactly("verse", "verse-two", "c", "d", "b", "a");
    }

    @Test
    void thePagesOfASearchAreItsBeginning() {
        Catalogue catalogue = catalogue(many(10_000));
        for (String terms : List.of("", "haskell", "h", "completes house 4", "java-7007", "nothing")) {
            List<String> all = ids(catalogue, terms);
            SearchIndex.Found page = catalogue.find(terms, 20);
            assertThat(page.total()).isEqualTo(all.size());
            assertThat(page.best().stream()
                            .map(match -> catalogue.skill(match.document()).id()))
                    .isEqualTo(all.stream().limit(20).toList());
        }
    }

    @Test
    void oddQueriesAreHarmless() {
        Catalogue catalogue = catalogue(many(100));
        for (String terms : List.of("  ", "*", "(", "\"", "\\", "%", "a".repeat(100_000), "x ".repeat(10_000))) {
            catalogue.find(terms, 10);
        }
        assertThat(ids(catalogue, "  ")).hasSize(100);
        assertThat(ids(catalogue(List.of()), "anything")).isEmpty();
    }
}
