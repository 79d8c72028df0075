package dev.apprentice.market.internal;

import dev.apprentice.market.CatalogueEntry;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What one marketplace offers, in memory: its skills with all their versions, and an index over them. */
final class Catalogue {
    private final List<Skill> skills;
    private final Map<String, List<Skill>> byId = new HashMap<>();
    private final SearchIndex index;
    private final String problem;

    Catalogue(IndexReader.Index read) {
        Map<String, List<CatalogueEntry>> versions = new HashMap<>();
        for (CatalogueEntry entry : read.entries()) {
            versions.computeIfAbsent(entry.publisher() + "/" + entry.id(), any -> new ArrayList<>(1))
                    .add(entry);
        }
        skills = versions.values().stream()
                .map(Skill::new)
                .sorted(Comparator.comparing(Skill::id).thenComparing(Skill::publisher))
                .toList();
        skills.forEach(skill ->
                byId.computeIfAbsent(skill.id(), any -> new ArrayList<>(1)).add(skill));
        index = new SearchIndex(skills.stream().map(Skill::newest).toList());
        problem = read.problem();
    }

    /**
     * One skill of one publisher.
     *
     * @param versions newest first, never empty
     */
    record Skill(List<CatalogueEntry> versions) {
        Skill {
            versions = versions.stream().sorted(Versions.NEWEST_FIRST).toList();
        }

        CatalogueEntry newest() {
            return versions.getFirst();
        }

        String id() {
            return newest().id();
        }

        String publisher() {
            return newest().publisher();
        }
    }

    int size() {
        return skills.size();
    }

    /** Why it may be incomplete; empty if it is not. */
    String problem() {
        return problem;
    }

    List<Skill> skills(String id) {
        return byId.getOrDefault(id, List.of());
    }

    SearchIndex.Found find(String terms, int most) {
        return index.find(terms, most);
    }

    Skill skill(int document) {
        return skills.get(document);
    }
}
