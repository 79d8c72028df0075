package dev.apprentice.skills.internal;

import dev.apprentice.model.AdapterFiles;
import dev.apprentice.signing.verify.StrictZip;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Everything that is checked about a bundle before the framework sees it. */
final class Admission {
    private static final String SNIPPET_SEPARATOR = "(?m)^=====\\R";

    private Admission() {}

    static AdmittedSkill admit(byte[] jar) {
        StrictZip archive = StrictZip.read(jar);
        SkillDescriptor descriptor = DescriptorReader.read(archive.content(SkillDescriptor.FILE));
        HeaderRules.check(ManifestHeaders.read(archive.content("META-INF/MANIFEST.MF")), descriptor);
        List<String> classes = classes(archive, descriptor);
        return new AdmittedSkill(descriptor, shipped(archive, descriptor), snippets(archive, descriptor), classes);
    }

    private static Optional<AdapterFiles> shipped(StrictZip archive, SkillDescriptor descriptor) {
        return switch (descriptor.adapter()) {
            case StartingAdapter.Shipped(String folder) ->
                Optional.of(new AdapterFiles(
                        archive.content(folder + "/adapter_config.json"),
                        archive.content(folder + "/adapter_model.safetensors")));
            case StartingAdapter.Blank _ -> Optional.empty();
        };
    }

    private static List<String> classes(StrictZip archive, SkillDescriptor descriptor) {
        if (descriptor.code().isPresent()) {
            List<String> classes = CodeScan.run(archive, descriptor.permissions());
            String code = descriptor.code().get();
            if (!classes.contains(code)) {
                throw Refusal.admission(
                        "skill.json names the class " + code + ", but the archive holds only " + classes + ": mend it");
            }
            return classes;
        }
        if (!descriptor.permissions().isEmpty()) {
            throw Refusal.admission("The skill is of data only, but asks for permissions, which only code can use: "
                    + "remove permissions from skill.json");
        }
        for (String file : archive.names()) {
            if (file.toLowerCase(Locale.ROOT).endsWith(".class")) {
                throw Refusal.admission("The skill is of data only, but holds the class " + file
                        + ": remove it, or name its code in skill.json");
            }
        }
        return List.of();
    }

    private static List<String> snippets(StrictZip archive, SkillDescriptor descriptor) {
        String text = new String(archive.content(descriptor.validation()), StandardCharsets.UTF_8);
        List<String> snippets = Arrays.stream(text.split(SNIPPET_SEPARATOR))
                .filter(snippet -> !snippet.isBlank())
                .toList();
        if (snippets.isEmpty()) {
            throw Refusal.admission(
                    descriptor.validation() + " holds no text: add a few that the skill must stay good at");
        }
        return snippets;
    }
}
