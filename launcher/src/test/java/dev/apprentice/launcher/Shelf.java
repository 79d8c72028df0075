package dev.apprentice.launcher;

import dev.apprentice.launcher.client.ApiClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What of a platform's state must never be half: which skills are there, in which version, and what each knows. */
record Shelf(Map<String, Skill> skills) {

    /**
     * One skill of it.
     *
     * @param head the commit that serves
     * @param history identifiers of all commits, newest first
     */
    record Skill(String version, String jarDigest, String state, String head, List<String> history) {}

    static Shelf of(ApiClient client) {
        Map<String, Skill> skills = new TreeMap<>();
        for (JsonNode skill : client.get("/api/skills")) {
            String path = "/api/skills/" + skill.path("id").asString();
            List<String> history = new ArrayList<>();
            client.get(path + "/history")
                    .forEach(commit -> history.add(commit.path("id").asString()));
            skills.put(
                    skill.path("id").asString(),
                    new Skill(
                            skill.path("version").asString(),
                            skill.path("jarDigest").asString(),
                            skill.path("state").asString(),
                            client.get(path).path("head").path("id").asString(),
                            List.copyOf(history)));
        }
        return new Shelf(Map.copyOf(skills));
    }

    @Nullable
    Skill skill(String id) {
        return skills.get(id);
    }
}
