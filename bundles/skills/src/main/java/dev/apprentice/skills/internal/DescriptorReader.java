package dev.apprentice.skills.internal;

import dev.apprentice.learning.LearningSettings;
import dev.apprentice.model.AdapterSpec;
import dev.apprentice.model.ModelException;
import dev.apprentice.skills.Consent;
import dev.apprentice.skills.Permission;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads {@code skill.json} strictly: a field that is unknown, missing or out of range is refused by its name. */
final class DescriptorReader {
    private static final int MOST = 1_000_000;
    private static final int HIGHEST_RANK = 256;

    private DescriptorReader() {}

    static SkillDescriptor read(byte[] json) {
        JsonFields fields = JsonFields.parse(SkillDescriptor.FILE, json);
        JsonFields base = fields.object("base");
        Optional<JsonFields> tokenizer = fields.optionalObject("tokenizer");
        SkillDescriptor descriptor = new SkillDescriptor(
                matching("id", fields.text("id", 64), "[a-z0-9](-?[a-z0-9])*"),
                SkillVersion.of(fields.text("version", 32)),
                fields.text("name", 80),
                fields.text("description", 1000),
                digest(base.text("digest", 71)),
                tokenizer.map(object -> digest(object.text("digest", 71))),
                adapter(fields),
                prompt(fields.object("prompt")),
                fields.optionalObject("learning")
                        .map(DescriptorReader::learning)
                        .orElse(LearningSettings.DEFAULT),
                fields.text("validation", 200),
                permissions(fields.texts("permissions", 16, 64)),
                fields.optionalText("code", 200));
        base.refuseOthers();
        tokenizer.ifPresent(JsonFields::refuseOthers);
        fields.refuseOthers();
        return descriptor;
    }

    /** {@code adapter} names a folder, or {@code blankAdapter} says what shape the adapter has that will be learned here. */
    private static StartingAdapter adapter(JsonFields fields) {
        Optional<String> folder = fields.optionalText("adapter", 200);
        Optional<JsonFields> blank = fields.optionalObject("blankAdapter");
        if (folder.isPresent() == blank.isPresent()) {
            throw Refusal.admission("skill.json needs either adapter or blankAdapter: mend it");
        }
        return folder.<StartingAdapter>map(
                        name -> new StartingAdapter.Shipped(matching("adapter", name, "[A-Za-z0-9._/-]*[A-Za-z0-9]")))
                .orElseGet(() -> blank(blank.orElseThrow()));
    }

    private static StartingAdapter blank(JsonFields fields) {
        int rank = fields.wholeNumber("rank", 1, HIGHEST_RANK).orElse(16);
        double alpha = fields.number("alpha", 0.001, MOST).orElse(2.0 * rank);
        List<String> targets = fields.texts("targets", 16, 32);
        fields.refuseOthers();
        try {
            return new StartingAdapter.Blank(
                    new AdapterSpec(rank, alpha, targets.isEmpty() ? AdapterSpec.LINEAR_LAYERS : targets));
        } catch (ModelException e) {
            throw Refusal.admission("The blankAdapter in skill.json cannot be (" + e.getMessage() + "): mend it");
        }
    }

    private static SkillDescriptor.Prompt prompt(JsonFields fields) {
        SkillDescriptor.Prompt prompt = new SkillDescriptor.Prompt(
                fields.text("template", 20_000),
                fields.texts("stops", 16, 200),
                fields.wholeNumber("maxTokens", 1, 4096).orElse(64),
                fields.number("temperature", 0, 2).orElse(0.0));
        fields.refuseOthers();
        if (!prompt.template().contains(SkillDescriptor.Prompt.PLACE)
                || prompt.stops().contains("")) {
            throw Refusal.admission(
                    "The prompt of the skill needs {prompt} in its template and no empty stop: mend skill.json");
        }
        return prompt;
    }

    /** Each component of {@link LearningSettings} may be overridden under its own name. */
    private static LearningSettings learning(JsonFields fields) {
        RecordComponent[] components = LearningSettings.class.getRecordComponents();
        Object[] values = new Object[components.length];
        try {
            for (int i = 0; i < components.length; i++) {
                String name = components[i].getName();
                Object standard = components[i].getAccessor().invoke(LearningSettings.DEFAULT);
                if (standard instanceof Integer number) {
                    values[i] = fields.wholeNumber(name, 0, MOST).orElse(number);
                } else {
                    values[i] = fields.number(name, 0, MOST).orElse((Double) standard);
                }
            }
            fields.refuseOthers();
            Class<?>[] types =
                    Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
            return LearningSettings.class.getConstructor(types).newInstance(values);
        } catch (ReflectiveOperationException e) {
            throw Refusal.admission(
                    "The learning settings in skill.json do not go together (" + e.getCause() + "): mend them");
        }
    }

    private static List<Permission> permissions(List<String> labels) {
        Set<Permission> permissions = EnumSet.noneOf(Permission.class);
        for (String label : labels) {
            Permission permission = Permission.of(label)
                    .orElseThrow(() -> Refusal.admission("The skill asks for the permission '" + label
                            + "', which this platform does not have: mend skill.json, there are " + Consent.known()));
            if (!permissions.add(permission)) {
                throw Refusal.admission("The skill asks for the permission " + label + " twice: mend skill.json");
            }
        }
        return List.copyOf(permissions);
    }

    private static String digest(String text) {
        return matching("digest", text, "sha256:[0-9a-f]{64}");
    }

    private static String matching(String field, String text, String form) {
        if (!text.matches(form)) {
            throw Refusal.admission(
                    "The " + field + " '" + text + "' in skill.json is not of the form " + form + ": mend it");
        }
        return text;
    }
}
