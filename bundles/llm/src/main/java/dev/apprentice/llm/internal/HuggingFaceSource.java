package dev.apprentice.llm.internal;

import dev.apprentice.model.ModelException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/**
 * A model in Hugging Face layout: {@code config.json}, {@code tokenizer.json} and one or several safetensors files, whose weights may be
 * packed as GPTQ and AWQ do.
 */
record HuggingFaceSource(
        byte[] config, byte[] tokenizer, TensorSource tensors, List<ModelBytes> files, Optional<ChatTemplate> chat)
        implements ModelSource {
    private static final String INDEX = ModelFiles.WEIGHTS + ".index.json";

    static HuggingFaceSource open(ModelFiles files) {
        byte[] config = files.bytes(ModelFiles.CONFIG);
        JsonNode settings = Json.object(
                config,
                what -> ModelBytes.fault(
                        ModelFiles.CONFIG + " " + what + ": use the " + "files of a Llama-family model"));
        List<ModelBytes> parts = new ArrayList<>();
        Map<String, SafeTensors.Entry> entries = new LinkedHashMap<>();
        if (files.has(INDEX)) {
            Map<String, String> places = places(files.bytes(INDEX));
            for (String part : new TreeSet<>(places.values())) {
                ModelBytes bytes = files.content(part);
                parts.add(bytes);
                SafeTensors tensors = SafeTensors.parse(part, ModelException.Code.BAD_MODEL, bytes.data());
                tensors.entries().forEach((name, entry) -> {
                    if (!part.equals(places.get(name))) {
                        throw tensors.fault("holds " + name + ", which " + INDEX + " places in " + places.get(name));
                    }
                    entries.put(name, entry);
                });
            }
            places.forEach((name, part) -> {
                if (!entries.containsKey(name)) {
                    throw fault("places " + name + " in " + part + ", which lacks it");
                }
            });
        } else {
            ModelBytes bytes = files.content(ModelFiles.WEIGHTS);
            parts.add(bytes);
            entries.putAll(SafeTensors.parse(ModelFiles.WEIGHTS, ModelException.Code.BAD_MODEL, bytes.data())
                    .entries());
        }
        String name = parts.size() == 1 ? parts.getFirst().name() : INDEX;
        return new HuggingFaceSource(
                config,
                files.bytes(ModelFiles.TOKENIZER),
                tensors(name, settings, entries),
                List.copyOf(parts),
                ChatTemplate.of(files));
    }

    private static TensorSource tensors(String name, JsonNode settings, Map<String, SafeTensors.Entry> entries) {
        JsonNode quantisation = settings.path("quantization_config");
        return quantisation.isMissingNode() || quantisation.isNull()
                ? PlainTensors.of(name, entries)
                : PackedTensors.of(name, PackedFormat.parse(quantisation), entries);
    }

    /** Which file holds which tensor. */
    private static Map<String, String> places(byte[] index) {
        JsonNode map = Json.object(index, HuggingFaceSource::fault).path("weight_map");
        if (!map.isObject() || map.isEmpty()) {
            throw fault("has no weight_map");
        }
        Map<String, String> places = new LinkedHashMap<>();
        map.properties().forEach(entry -> {
            String part = entry.getValue().asString("");
            if (!part.matches("[A-Za-z0-9_-][A-Za-z0-9._-]*\\.safetensors")) {
                throw fault("places " + entry.getKey() + " in " + entry.getValue()
                        + ", which is not the name of a safetensors file beside it");
            }
            places.put(entry.getKey(), part);
        });
        return places;
    }

    private static ModelException fault(String what) {
        return ModelBytes.fault(INDEX + " " + what + ": use the complete files of a model");
    }
}
