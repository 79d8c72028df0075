package dev.apprentice.llm.internal;

import dev.apprentice.model.AdapterKind;
import dev.apprentice.model.AdapterKind.Form;
import dev.apprentice.model.AdapterKind.Scaling;
import dev.apprentice.model.AdapterKind.Size;
import dev.apprentice.model.AdapterSpec;
import dev.apprentice.model.ModelException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/**
 * Reads PEFT's {@code adapter_config.json}. What is absent has PEFT's default; unknown settings are ignored, as PEFT does, but none
 * that would change the result.
 */
record PeftConfig(ModelConfig base, JsonNode node) {
    private static final List<String> NOT_SUPPORTED = List.of(
            "modules_to_save",
            "fan_in_fan_out",
            "lora_bias",
            "use_mora",
            "use_qalora",
            "use_bdlora",
            "layer_replication",
            "exclude_modules",
            "trainable_token_indices",
            "target_parameters",
            "alora_invocation_tokens",
            "arrow_config");

    /** Ways to begin that leave the base as it is; the others train against a base from which something was taken away. */
    private static final Set<String> HARMLESS_BEGINNINGS = Set.of("true", "false", "gaussian", "orthogonal", "eva");

    AdapterSpec spec() {
        for (String key : NOT_SUPPORTED) {
            if (isSet(node.path(key))) {
                throw fault("sets " + key + " to " + node.path(key) + ", which is not supported");
            }
        }
        if (!node.path("bias").asString("none").equals("none")) {
            throw fault("sets bias to " + node.path("bias") + ", but only none is supported");
        }
        JsonNode beginning = node.path("init_lora_weights");
        if (isSet(beginning) && !HARMLESS_BEGINNINGS.contains(beginning.asString("other"))) {
            throw fault("sets init_lora_weights to " + beginning
                    + ", which changes the base; convert the adapter to plain LoRA first");
        }
        String type = node.path("peft_type").asString("none");
        return switch (type) {
            case "LORA" -> lowRank();
            case "IA3" -> ia3();
            default -> throw fault("has the peft_type " + type + ", but only LORA and IA3 are supported");
        };
    }

    private AdapterSpec lowRank() {
        PeftModules modules = PeftModules.find(base, node, "target_modules", Set.of("q_proj", "v_proj"));
        Size size = new Size(rank(node.path("r"), "r", 8), alpha(node.path("lora_alpha"), "lora_alpha", 8));
        Map<String, Size> exceptions = new TreeMap<>();
        for (String module : modules.names()) {
            Size own = new Size(
                    rank(pattern("rank_pattern", module), "rank_pattern", size.rank()),
                    alpha(pattern("alpha_pattern", module), "alpha_pattern", size.alpha()));
            if (!own.equals(size)) {
                exceptions.put(module, own);
            }
        }
        Scaling scaling = flag("use_rslora") ? Scaling.BY_ROOT_OF_RANK : Scaling.BY_RANK;
        Form form = flag("use_dora") ? Form.DECOMPOSED : Form.PRODUCT;
        return modules.spec(new AdapterKind.LowRank(size, scaling, form, exceptions));
    }

    private AdapterSpec ia3() {
        List<Set<String>> defaults = base.architecture().ia3Defaults();
        Set<String> targets = new HashSet<>(defaults.get(0));
        targets.addAll(defaults.get(1));
        PeftModules modules = PeftModules.find(base, node, "target_modules", targets);
        PeftModules inputs = PeftModules.find(base, node, "feedforward_modules", defaults.get(1));
        Set<String> scaledInputs = new HashSet<>(modules.names());
        scaledInputs.retainAll(inputs.names());
        List<String> names = scaledInputs.stream()
                .map(module -> module.substring(module.lastIndexOf('.') + 1))
                .distinct()
                .toList();
        AdapterSpec spec = modules.spec(new AdapterKind.Ia3(names));
        int layers = spec.layers().isEmpty() ? base.layers() : spec.layers().size();
        if (scaledInputs.size() != names.size() * layers) {
            throw fault(
                    "scales inputs of a linear layer in one block and its outputs in another, which is not supported");
        }
        return spec;
    }

    /** The first entry of a pattern that names the module, as PEFT matches it; but names are literal. */
    private JsonNode pattern(String key, String module) {
        for (Map.Entry<String, JsonNode> entry : node.path(key).properties()) {
            String name = entry.getKey();
            if (!name.matches("\\^?[A-Za-z0-9_.]+")) {
                throw fault("has a " + key + " for " + name + ", but only names of modules are supported");
            }
            boolean whole = name.startsWith("^");
            if (whole ? module.equals(name.substring(1)) : PeftModules.isNamed(module, name)) {
                return entry.getValue();
            }
        }
        return node.path("no such setting");
    }

    private static int rank(JsonNode value, String key, int otherwise) {
        if (!value.isMissingNode() && !value.isInt()) {
            throw fault("has " + key + " = " + value + " instead of a whole number");
        }
        return value.asInt(otherwise);
    }

    private static double alpha(JsonNode value, String key, double otherwise) {
        if (!value.isMissingNode() && !value.isNumber()) {
            throw fault("has " + key + " = " + value + " instead of a number");
        }
        return value.asDouble(otherwise);
    }

    private boolean flag(String key) {
        JsonNode value = node.path(key);
        if (!value.isMissingNode() && !value.isNull() && !value.isBoolean()) {
            throw fault("has " + key + " = " + value + " instead of true or false");
        }
        return value.asBoolean(false);
    }

    private static boolean isSet(JsonNode value) {
        return !(value.isMissingNode()
                || value.isNull()
                || value.isBoolean() && !value.booleanValue()
                || value.isContainer() && value.isEmpty());
    }

    static ModelException fault(String what) {
        return new ModelException(
                ModelException.Code.BAD_ADAPTER,
                PeftReader.CONFIG + " " + what + ": use a LoRA, DoRA or IA3 adapter made for this base");
    }
}
