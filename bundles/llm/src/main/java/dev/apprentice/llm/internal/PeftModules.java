package dev.apprentice.llm.internal;

import dev.apprentice.model.AdapterKind;
import dev.apprentice.model.AdapterSpec;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * The linear layers that a list of names in {@code adapter_config.json} means.
 *
 * @param targets kinds of linear layers among them
 * @param layers blocks that have them, ascending
 * @param names of the modules
 */
record PeftModules(ModelConfig base, Set<String> targets, Set<Integer> layers, Set<String> names) {

    /** Finds what {@code key} names, or the defaults where it is absent. */
    static PeftModules find(ModelConfig base, JsonNode config, String key, Set<String> defaults) {
        List<String> wanted = wanted(config.path(key), key, defaults);
        Set<Integer> within = layers(base, config);
        PeftModules found = new PeftModules(base, new LinkedHashSet<>(), new LinkedHashSet<>(), new LinkedHashSet<>());
        Set<String> unknown = new HashSet<>(wanted);
        for (int layer = 0; layer < base.layers(); layer++) {
            for (String target : AdapterSpec.LINEAR_LAYERS) {
                String module = ModelConfig.moduleName(layer, target);
                for (String name : wanted) {
                    if (isNamed(module, name)) {
                        unknown.remove(name);
                        if (within.contains(layer)) {
                            found.targets().add(target);
                            found.layers().add(layer);
                            found.names().add(module);
                        }
                    }
                }
            }
        }
        if (!unknown.isEmpty()) {
            throw PeftConfig.fault(
                    "names " + unknown + " in " + key + ", but an adapter of this base has targets among "
                            + AdapterSpec.LINEAR_LAYERS + " in " + base.layers() + " layers");
        }
        return found;
    }

    /** Whether a name is the module's, or the end of it. */
    static boolean isNamed(String module, String name) {
        return module.equals(name) || module.endsWith("." + name);
    }

    AdapterSpec spec(AdapterKind kind) {
        if (names.size() != targets.size() * layers.size()) {
            throw PeftConfig.fault(
                    "adapts " + names + ", but every adapted block must have the same linear layers adapted");
        }
        return new AdapterSpec(
                kind, List.copyOf(targets), layers.size() == base.layers() ? List.of() : List.copyOf(layers));
    }

    private static List<String> wanted(JsonNode node, String key, Set<String> defaults) {
        if (node.isMissingNode() || node.isNull()) {
            return List.copyOf(defaults);
        }
        if (node.isString() && node.stringValue().equals("all-linear")) {
            return AdapterSpec.LINEAR_LAYERS;
        }
        if (!node.isArray() || !node.valueStream().allMatch(JsonNode::isString)) {
            throw PeftConfig.fault("has " + key + " " + node + " instead of a list of names");
        }
        List<String> names = node.valueStream().map(JsonNode::stringValue).toList();
        if (new HashSet<>(names).size() != names.size()) {
            throw PeftConfig.fault("names a module twice in " + key + " " + names);
        }
        return names;
    }

    /** The blocks of {@code layers_to_transform}, one or a list; all where it is absent. */
    private static Set<Integer> layers(ModelConfig base, JsonNode config) {
        JsonNode node = config.path("layers_to_transform");
        List<JsonNode> given = new ArrayList<>();
        if (node.isArray() && !node.isEmpty()) {
            node.forEach(given::add);
        } else if (!node.isArray() && !node.isMissingNode() && !node.isNull()) {
            given.add(node);
        } else {
            for (int layer = 0; layer < base.layers(); layer++) {
                given.add(Json.MAPPER.valueToTree(layer));
            }
        }
        JsonNode pattern = config.path("layers_pattern");
        if (pattern.isString() && !pattern.stringValue().equals("layers")
                || pattern.isArray()
                        && !pattern.valueStream()
                                .allMatch(name -> name.asString("").equals("layers"))) {
            throw PeftConfig.fault(
                    "sets layers_pattern to " + pattern + ", but blocks of this base are found in layers");
        }
        Set<Integer> layers = new HashSet<>();
        for (JsonNode layer : given) {
            if (!layer.isInt() || layer.intValue() < 0 || layer.intValue() >= base.layers()) {
                throw PeftConfig.fault(
                        "has layers_to_transform " + node + ", but expected are numbers below " + base.layers());
            }
            layers.add(layer.intValue());
        }
        return layers;
    }
}
